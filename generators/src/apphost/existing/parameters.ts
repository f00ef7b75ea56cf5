import type { ResourceNames } from "./resource-names.ts";
import { canGenerate, isSecretName } from "./secrets.ts";
import type { FoundParameter, Place } from "./system.ts";

/** The parameters that stand for secrets and for values that only the person who runs it knows. */
export class FoundParameters {
  readonly #names: ResourceNames;
  readonly #found = new Map<string, FoundParameter>();
  readonly #byValue = new Map<string, string>();
  readonly #byVariable = new Map<string, string>();

  constructor(names: ResourceNames) {
    this.#names = names;
  }

  /** All of them, in the order of their places. */
  get all(): FoundParameter[] {
    return [...this.#found.values()].toSorted(
      ({ place: a }, { place: b }) => a.file.localeCompare(b.file) || (a.line ?? 0) - (b.line ?? 0),
    );
  }

  /** Keeps a name for a parameter that a resource makes itself: the password of a server. */
  reserve(name: string): void {
    this.#names.claim(name, { otherwise: name });
  }

  /**
   * The parameter of a secret. One value of one name is one parameter; so is one value of resources that are tied to
   * each other, as the password that a server sets and its client gives.
   *
   * @param options.partners resources whose parameters of the same value are meant
   */
  forSecret(
    text: string,
    {
      variable,
      resource,
      partners = [],
      place,
    }: { variable: string; resource: string; partners?: readonly string[]; place: Place },
  ): string {
    const known =
      partners.map((partner) => this.#byValue.get(`${partner}#${text}`)).find((name) => name !== undefined) ??
      this.#byValue.get(`${resource}#${text}`) ??
      this.#byVariable.get(`${variable}=${text}`);
    const name =
      known ?? this.#add(variable, { resource, place, generate: canGenerate(variable, text), secret: true });
    this.#byValue.set(`${resource}#${text}`, name);
    this.#byVariable.set(`${variable}=${text}`, name);
    return name;
  }

  /**
   * The parameter of a variable without a value.
   *
   * @param options.isSecret whether what it is given to is secret, whatever it is called itself
   */
  forVariable(
    variable: string,
    { resource, place, isSecret }: { resource: string; place: Place; isSecret: boolean },
  ): string {
    const known = this.#byVariable.get(variable);
    if (known !== undefined) return known;
    const secret = isSecret || isSecretName(variable);
    const name = this.#add(variable, { resource, place, generate: false, secret });
    this.#byVariable.set(variable, name);
    return name;
  }

  #add(variable: string, { resource, ...rest }: { resource: string } & Omit<FoundParameter, "name">): string {
    const isTaken = [...this.#found.values()].some(
      ({ name }) => name === variable.toLowerCase().replaceAll("_", "-"),
    );
    const name = this.#names.claim(isTaken ? `${resource}-${variable}` : variable, {
      otherwise: "parameter",
    });
    this.#found.set(name, { name, ...rest });
    return name;
  }
}
