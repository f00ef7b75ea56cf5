import { formatDouble } from "../values/doubles.ts";
import { ReplyError } from "./reply-error.ts";
import {
  DoubleReply,
  MapReply,
  NamedListReply,
  NoReply,
  NullArray,
  PairsReply,
  PushReply,
  SetReply,
  Status,
  VerbatimText,
} from "./reply.ts";
import type { Reply } from "./reply.ts";

/** The versions of the protocol. */
export type ProtocolVersion = 2 | 3;

/** The bytes of a reply as a string with one character per byte. */
export function encodeReply(reply: Reply, protocol: ProtocolVersion): string {
  if (typeof reply === "string") return `$${reply.length}\r\n${reply}\r\n`;
  if (typeof reply === "number" || typeof reply === "bigint") return `:${reply}\r\n`;
  if (reply === null) return protocol === 3 ? "_\r\n" : "$-1\r\n";
  if (reply instanceof Status) return `+${reply.text}\r\n`;
  if (typeof reply === "boolean") return encodeBoolean(reply, protocol);
  if (Array.isArray(reply)) return encodeItems("*", reply as readonly Reply[], protocol);
  return encodeObject(reply, protocol);
}

function encodeObject(reply: Reply, protocol: ProtocolVersion): string {
  if (reply instanceof ReplyError) return `-${reply.message.replaceAll(/[\r\n]/g, " ")}\r\n`;
  if (reply instanceof MapReply) return encodeMap(reply, protocol);
  if (reply instanceof SetReply) return encodeItems(protocol === 3 ? "~" : "*", reply.items, protocol);
  if (reply instanceof DoubleReply) return encodeDouble(reply, protocol);
  if (reply instanceof PairsReply) return encodePairs(reply, protocol);
  if (reply instanceof NamedListReply) {
    return protocol === 3 ? encodeMap(reply, protocol) : encodeItems("*", toPairs(reply.flat), protocol);
  }
  if (reply instanceof VerbatimText) return encodeVerbatim(reply.text, protocol);
  if (reply instanceof PushReply) return encodeItems(protocol === 3 ? ">" : "*", reply.items, protocol);
  if (reply instanceof NullArray) return protocol === 3 ? "_\r\n" : "*-1\r\n";
  if (reply instanceof NoReply) return "";
  throw new TypeError(`Not a reply: ${typeof reply}`);
}

function encodeItems(mark: string, items: readonly Reply[], protocol: ProtocolVersion): string {
  let text = `${mark}${items.length}\r\n`;
  for (const item of items) text += encodeReply(item, protocol);
  return text;
}

function encodeMap({ flat }: { flat: readonly Reply[] }, protocol: ProtocolVersion): string {
  if (protocol === 2) return encodeItems("*", flat, protocol);
  let text = `%${flat.length / 2}\r\n`;
  for (const item of flat) text += encodeReply(item, protocol);
  return text;
}

function encodePairs({ flat }: PairsReply, protocol: ProtocolVersion): string {
  return encodeItems("*", protocol === 2 ? flat : toPairs(flat), protocol);
}

function toPairs(flat: readonly Reply[]): Reply[] {
  const pairs: Reply[] = [];
  for (let index = 0; index < flat.length; index += 2) pairs.push(flat.slice(index, index + 2));
  return pairs;
}

function encodeBoolean(value: boolean, protocol: ProtocolVersion): string {
  if (protocol === 3) return value ? "#t\r\n" : "#f\r\n";
  return value ? ":1\r\n" : ":0\r\n";
}

function encodeDouble({ value, text = formatDouble(value) }: DoubleReply, protocol: ProtocolVersion): string {
  return protocol === 3 ? `,${text}\r\n` : `$${text.length}\r\n${text}\r\n`;
}

function encodeVerbatim(text: string, protocol: ProtocolVersion): string {
  return protocol === 3 ? `=${text.length + 4}\r\ntxt:${text}\r\n` : `$${text.length}\r\n${text}\r\n`;
}
