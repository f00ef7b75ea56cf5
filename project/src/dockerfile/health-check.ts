import type { Finding } from "../description.ts";
import type { ImageProject } from "./image-project.ts";
import { exec } from "./instruction-list.ts";
import type { InstructionList, Reason } from "./instruction-list.ts";
import type { StartCommand } from "./start-command.ts";

/** What the image tells about its port. */
export interface ImagePort extends Reason {
  readonly port: number;
}

/** The port that the project listens on in the image; nothing for a program that seems to listen on none. */
export function imagePort(image: ImageProject, start: StartCommand): ImagePort | undefined {
  const { project, warnings, findings } = image;
  const { framework, healthPath, runtime } = project;
  const port = portOfStart(start) ?? image.port;
  if (port !== undefined) {
    const { value, because, file, line } = port;
    findings.push({ subject: "port", value: String(value), because, ...placeOf({ file, line }) });
    return { port: value, because, file, line };
  }
  const sign = framework ?? healthPath;
  if (sign === undefined) return undefined;
  const value = runtime.value === "deno" ? 8000 : 3000;
  warnings.push({
    code: "needs-attention",
    message: `No port is found in the project, which seems to serve something; the image sets PORT to ${value}`,
    ...placeOf(sign),
    onlyFor: "image",
  });
  return { port: value, because: "nothing in the project gives a port", ...placeOf(sign) };
}

/** `node main.js --port 3000`, `next start -p 3000`, `PORT=3000 node main.js` */
function portOfStart({ words, environment, reason }: StartCommand): Finding<number> | undefined {
  const at = words.findIndex((word) => /^(?:--port|-p)(?:=|$)/.test(word));
  const given = words[at]?.includes("=") === true ? words[at].split("=")[1] : words[at + 1];
  const value = Number(environment.get("PORT") ?? (at === -1 ? undefined : given));
  if (!Number.isInteger(value) || value < 1 || value > 65_535) return undefined;
  return { ...reason, value };
}

/** `HEALTHCHECK` by the runtime's own `fetch`, so that the image needs no other program. */
export function addHealthCheck(
  list: InstructionList,
  { image, port }: { image: ImageProject; port: ImagePort | undefined },
): void {
  const { project, warnings, findings } = image;
  if (port === undefined) {
    list.add("HEALTHCHECK NONE", {
      because: "the project seems to listen on no port, so there is nothing to ask",
    });
    return;
  }
  const { healthPath, runtime } = project;
  const path = healthPath?.value ?? "/alive";
  if (healthPath === undefined) {
    warnings.push({
      code: "needs-attention",
      message: `No path that tells the health is found; the image asks "${path}" and takes any answer below 500`,
      onlyFor: "image",
    });
  } else {
    findings.push({
      subject: "health path",
      value: path,
      because: healthPath.because,
      ...placeOf(healthPath),
    });
  }
  const fine = healthPath === undefined ? "r.status<500" : "r.ok";
  const [portText, exit] =
    runtime.value === "deno" ? ['Deno.env.get("PORT")', "Deno.exit"] : ["process.env.PORT", "process.exit"];
  const script = `fetch("http://127.0.0.1:"+(${portText}||${port.port})+${JSON.stringify(path)}).then(r=>${exit}(${fine}?0:1),()=>${exit}(1))`;
  const words = { node: ["node", "-e"], deno: ["deno", "eval"], bun: ["bun", "-e"] }[runtime.value];
  const times = "--interval=10s --timeout=5s --start-period=20s --retries=3";
  list.add(`HEALTHCHECK ${times} \\`, {
    because: "the engine asks every ten seconds, after a grace of twenty for the start",
  });
  list.add(`    CMD ${exec([...words, script])}`, {
    because: `the runtime's own fetch asks "${path}": ${healthPath?.because ?? "no path is found in the project"}`,
    file: healthPath?.file,
    line: healthPath?.line,
  });
}

function placeOf({ file, line }: { file?: string | undefined; line?: number | undefined }): {
  file?: string;
  line?: number;
} {
  return { ...(file === undefined ? {} : { file }), ...(line === undefined ? {} : { line }) };
}
