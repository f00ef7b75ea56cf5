import { Expression } from "./expression.ts";
import type { EndpointPart } from "./expression.ts";

/** An endpoint of a resource; as a value it is the endpoint's URL. */
export class EndpointReference extends Expression {
  readonly resource: string;
  readonly endpoint: string;

  constructor(resource: string, endpoint: string, owner: object) {
    super({ type: "endpoint", resource, endpoint, part: "url" }, owner);
    this.resource = resource;
    this.endpoint = endpoint;
  }

  /** `http://localhost:5000` */
  get url(): Expression {
    return this.#part("url");
  }

  /** The host alone. */
  get host(): Expression {
    return this.#part("host");
  }

  /** The port alone. */
  get port(): Expression {
    return this.#part("port");
  }

  /** `localhost:5000` */
  get hostPort(): Expression {
    return this.#part("hostPort");
  }

  /** `http`, `tcp`, … */
  get scheme(): Expression {
    return this.#part("scheme");
  }

  #part(part: EndpointPart): Expression {
    return new Expression(
      { type: "endpoint", resource: this.resource, endpoint: this.endpoint, part },
      this.owner,
    );
  }
}
