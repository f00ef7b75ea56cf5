import type { Secret } from "@dext/core";

/** The keys of `Paths` below the key `Key`: of `"db.password"` below `db` it is `"password"`. */
type Below<Paths extends string, Key extends string> = Paths extends `${Key | "*"}.${infer Rest}`
  ? Rest
  : never;

/** Nothing, or something that is hidden. */
type Hidden<Value> = Value extends null | undefined ? Value : Secret<Value>;

/** A value of which nothing can be changed; what stands at one of the paths is a {@link Secret}. */
export type Protected<Value, Paths extends string> = Value extends
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined
  | Date
  | URL
  | Uint8Array
  | ((...args: never) => unknown)
  ? Value
  : Value extends readonly (infer Item)[]
    ? readonly ("*" extends Paths ? Hidden<Item> : Protected<Item, Below<Paths, "*">>)[]
    : Value extends object
      ? {
          readonly [Key in keyof Value]: Key & string extends Paths
            ? Hidden<Value[Key]>
            : "*" extends Paths
              ? Hidden<Value[Key]>
              : Protected<Value[Key], Below<Paths, Key & string>>;
        }
      : Value;
