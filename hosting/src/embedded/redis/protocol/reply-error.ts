/**
 * An error that a client gets as a reply. The message starts with its kind, as in `"ERR syntax error"`.
 *
 * It is an ordinary answer of the protocol and never leaves the server as an exception.
 */
export class ReplyError extends Error {
  override readonly name: string = "ReplyError";

  /** The first word of the message, `"ERR"`, `"WRONGTYPE"` … */
  get kind(): string {
    const end = this.message.indexOf(" ");
    return end === -1 ? this.message : this.message.slice(0, end);
  }
}

/** `ERR syntax error`. */
export const syntaxError = (): ReplyError => new ReplyError("ERR syntax error");

/** `ERR value is not an integer or out of range`. */
export const notAnInteger = (): ReplyError => new ReplyError("ERR value is not an integer or out of range");

/** `ERR value is not a valid float`. */
export const notAFloat = (): ReplyError => new ReplyError("ERR value is not a valid float");

/** `WRONGTYPE …`: the key holds another type than the command works on. */
export const wrongType = (): ReplyError =>
  new ReplyError("WRONGTYPE Operation against a key holding the wrong kind of value");

/** `ERR wrong number of arguments for '…' command`. */
export const wrongArity = (command: string): ReplyError =>
  new ReplyError(`ERR wrong number of arguments for '${command}' command`);
