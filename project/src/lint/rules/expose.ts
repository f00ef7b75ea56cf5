import type { DockerWord } from "../document/words.ts";
import type { LintRule, RuleContext } from "../rule.ts";
import { instructionsOf, knownValue } from "../rule-context.ts";

/** Ports. */
export const exposeRules: readonly LintRule[] = [
  {
    id: "ExposeProtoCasing",
    source: "buildkit",
    aliases: [],
    severity: "style",
    title: "EXPOSE has a protocol in capital letters",
    why: "Protocols are written in lower case everywhere else.",
    fix: "Write tcp or udp.",
    *check(context) {
      for (const { word, port } of exposedPorts(context)) {
        const protocol = port.split("/")[1] ?? "";
        if (protocol === protocol.toLowerCase()) continue;
        yield { at: word, message: `"${protocol}" should be "${protocol.toLowerCase()}"` };
      }
    },
  },
  {
    id: "ExposeInvalidFormat",
    source: "buildkit",
    aliases: [],
    severity: "warning",
    title: "EXPOSE has an address or a port of the host",
    why: "EXPOSE only says where the container listens; builders drop the rest and will refuse it.",
    fix: "Write the port alone; where it is published is said by docker run --publish.",
    *check(context) {
      for (const { word, port } of exposedPorts(context)) {
        if (port.includes(":")) yield { at: word, message: `"${port}" is more than a port of the container` };
      }
    },
  },
  {
    id: "DL3011",
    source: "hadolint",
    aliases: ["DS-0008"],
    severity: "error",
    title: "EXPOSE has a port above 65535",
    why: "There are no such ports.",
    fix: "Use a port from 0 to 65535.",
    *check(context) {
      for (const { word, port } of exposedPorts(context)) {
        const numbers = (port.split("/")[0] ?? "").split(":").at(-1)?.split("-") ?? [];
        const wrong = numbers.find((number) => /^\d+$/.test(number) && Number(number) > 65_535);
        if (wrong !== undefined) yield { at: word, message: `The port "${wrong}" is above 65535` };
      }
    },
  },
  {
    id: "DS-0004",
    source: "trivy",
    aliases: [],
    severity: "warning",
    title: "EXPOSE has the port of SSH",
    why: "An SSH server in a container is one more way in; docker exec needs none.",
    fix: "Remove the port and the server.",
    *check(context) {
      for (const { word, port } of exposedPorts(context)) {
        if (/^22(?:\/tcp)?$/i.test(port)) yield { at: word, message: "Port 22 is exposed" };
      }
    },
  },
];

/** Every port whose text is known. */
function exposedPorts(context: RuleContext): { word: DockerWord; port: string }[] {
  return instructionsOf(context, "EXPOSE").flatMap((one) =>
    one.words.flatMap((word) => {
      const port = knownValue(context, one, word);
      return port === undefined ? [] : [{ word, port }];
    }),
  );
}
