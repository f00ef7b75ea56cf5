import type { MappedText } from "./mapped-text.ts";
import type { Stage } from "./stages.ts";
import type { DockerWord } from "./words.ts";

/** A flag of an instruction, such as `--from=build`. */
export interface InstructionFlag {
  /** Without the dashes. */
  name: string;
  /** Empty when there is none. */
  value: string;
  start: number;
  end: number;
}

/** A here-document of a `RUN`, `COPY` or `ADD`. */
export interface Heredoc {
  name: string;
  /** What stands between the line of the instruction and the delimiter. */
  content: MappedText;
  terminated: boolean;
}

/** A comment line. */
export interface DockerComment {
  /** Counted from 0. */
  line: number;
  /** Without `#` and white space around. */
  text: string;
  start: number;
}

/** One instruction, with the offsets of its parts in the source. */
export interface DockerInstruction {
  /** In upper case. */
  keyword: string;
  /** As written. */
  written: string;
  start: number;
  /** Exclusive, with here-documents. */
  end: number;
  flags: readonly InstructionFlag[];
  /** What follows keyword and flags, as one line. */
  body: MappedText;
  words: readonly DockerWord[];
  /** The words of an exec form. */
  json?: readonly DockerWord[];
  heredocs: readonly Heredoc[];
  /** What an `ONBUILD` runs. */
  trigger?: DockerInstruction;
  /** Whether it is what an `ONBUILD` runs. */
  onbuild: boolean;
  /** Nothing for what stands before the first `FROM`. */
  stage?: Stage;
  /** The comment lines right above it. */
  comments: readonly DockerComment[];
  /** Where lines that are continued into are empty. */
  emptyLines: readonly number[];
}

/** What a Dockerfile can say. */
export const instructionKeywords: readonly string[] = [
  "ADD",
  "ARG",
  "CMD",
  "COPY",
  "ENTRYPOINT",
  "ENV",
  "EXPOSE",
  "FROM",
  "HEALTHCHECK",
  "LABEL",
  "MAINTAINER",
  "ONBUILD",
  "RUN",
  "SHELL",
  "STOPSIGNAL",
  "USER",
  "VOLUME",
  "WORKDIR",
];

/** The value of a flag, the first when it is given more than once. */
export function flagValue(instruction: DockerInstruction, name: string): string | undefined {
  return instruction.flags.find((flag) => flag.name === name)?.value;
}

/** The words of a shell or exec form. */
export function argumentWords({ json, words }: DockerInstruction): readonly DockerWord[] {
  return json ?? words;
}

/** A name and its value, as `ARG`, `ENV` and `LABEL` set them. */
export interface KeyValue {
  key: string;
  /** As written; nothing for `ARG NAME`. */
  rawValue: string | undefined;
  word: DockerWord;
  /** `ENV NAME value` instead of `ENV NAME=value`. */
  legacy: boolean;
}

/** What an `ARG`, `ENV` or `LABEL` sets. */
export function keyValues({ keyword, words, body }: DockerInstruction): KeyValue[] {
  const [first] = words;
  if (first === undefined) return [];
  if (keyword !== "ARG" && !first.raw.includes("=")) {
    const rawValue = body.text.trimStart().slice(first.raw.length).trim();
    return [{ key: first.value, rawValue, word: first, legacy: true }];
  }
  return words.map((word) => {
    const equals = word.raw.indexOf("=");
    const key = equals === -1 ? word.raw : word.raw.slice(0, equals);
    return {
      key: key.replaceAll(/^["']|["']$/g, ""),
      rawValue: equals === -1 ? undefined : word.raw.slice(equals + 1),
      word,
      legacy: false,
    };
  });
}
