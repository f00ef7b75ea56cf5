/** What can be said of an endpoint when it is declared. */
export interface EndpointOptions {
  /** `http` (or the scheme) when absent. */
  name?: string;
  /** `http`, `tcp`, … */
  scheme?: string;
  /** The port on this machine; a free one when absent. */
  port?: number;
  /** The port that the resource itself listens on, where that is another one: inside a container. */
  targetPort?: number;
  /** The variable that tells the resource its port. */
  env?: string;
  /** Meant for callers outside the system; publishers expose it. */
  external?: boolean;
}

/** An endpoint in the model. */
export interface EndpointModel {
  readonly name: string;
  readonly scheme: string;
  readonly port?: number;
  readonly targetPort?: number;
  readonly env?: string;
  readonly external: boolean;
}
