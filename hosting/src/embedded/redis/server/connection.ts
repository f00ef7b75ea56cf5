import type { Socket } from "node:net";

import { ProtocolError, RequestParser } from "../protocol/request-parser.ts";
import { ReplyError } from "../protocol/reply-error.ts";
import { handleRequest } from "./dispatch.ts";
import type { Engine } from "./engine.ts";
import type { Session, Transport } from "./session.ts";

/** Replies are handed to the socket in pieces of about this size. */
const outputPiece = 1024 * 1024;

/** A client's socket: bytes to requests, replies to bytes. */
export class Connection implements Transport {
  readonly address: string;
  readonly localAddress: string;
  readonly session: Session;
  readonly #engine: Engine;
  readonly #socket: Socket;
  readonly #parser = new RequestParser();
  #output = "";
  #isFlushPlanned = false;
  #isEnding = false;
  #isReading = false;

  constructor(engine: Engine, socket: Socket) {
    this.#engine = engine;
    this.#socket = socket;
    this.address = `${socket.remoteAddress ?? "?"}:${socket.remotePort ?? 0}`;
    this.localAddress = `${socket.localAddress ?? "?"}:${socket.localPort ?? 0}`;
    this.session = engine.openSession(this);
    socket.on("data", (chunk: Buffer) => this.#receive(chunk));
    socket.on("error", () => socket.destroy());
    socket.on("close", () => engine.closeSession(this.session));
  }

  get pendingBytes(): number {
    return this.#output.length + this.#socket.writableLength;
  }

  /** Bytes of requests that have arrived and not been run. */
  get unreadBytes(): number {
    return this.#parser.pendingBytes;
  }

  write(bytes: string): void {
    if (this.#socket.destroyed || this.#isEnding) return;
    this.#output += bytes;
    if (this.#output.length > outputPiece) this.#flush();
    else this.#planFlush();
  }

  resume(): void {
    // Later, since this is called from within another client's command.
    queueMicrotask(() => this.#handleRequests());
  }

  end(): void {
    this.#flush();
    this.#isEnding = true;
    this.#socket.end();
    // A client that keeps its half open would hold the connection for ever.
    this.#socket.destroySoon();
  }

  destroy(): void {
    this.session.isClosing = true;
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    this.#engine.statistics.bytesIn += chunk.length;
    this.#parser.push(chunk);
    this.#handleRequests();
  }

  #handleRequests(): void {
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      while (!this.session.isClosing && this.session.blockedCall === undefined) {
        this.#parser.isTrusted = this.session.isAuthenticated;
        const request = this.#parser.next();
        if (request === undefined) break;
        handleRequest(this.session, request);
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.session.send(new ReplyError(`ERR Protocol error: ${error.message}`));
      this.session.close();
    } finally {
      this.#isReading = false;
    }
  }

  #planFlush(): void {
    if (this.#isFlushPlanned) return;
    this.#isFlushPlanned = true;
    queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    this.#isFlushPlanned = false;
    if (this.#output === "" || this.#socket.destroyed || this.#isEnding) return;
    this.#engine.statistics.bytesOut += this.#output.length;
    this.#socket.write(this.#output, "latin1");
    this.#output = "";
  }
}
