/** One simple command of a script, its words unquoted. */
export interface ShellCommand {
  readonly words: readonly string[];
  /** Whether the next command reads what it prints. */
  readonly isPiped?: boolean;
}

/** A command without what merely stands before it: variables, `cross-env`, `npx`, `exec` … */
export interface Invocation {
  /** The program's bare name: `vite` for `./node_modules/.bin/vite`. */
  readonly program: string;
  readonly args: readonly string[];
}

/**
 * The commands of a script in order, split at `&&`, `||`, `;`, `|`, `&` and line ends. What a package manager appends
 * to a script lands on the last of them.
 *
 * This is no shell: what stands in `$(…)` or a subshell is taken as words, and files that output goes to are left out.
 */
export function splitCommands(script: string): readonly ShellCommand[] {
  const commands: { words: string[]; isPiped?: boolean }[] = [{ words: [] }];
  // Quoted text, redirections, operators, blanks, or anything else:
  // NODE_ENV=test node --import "./a b.js" src/main.ts >out.log 2>&1 && echo ok
  const pattern =
    /"((?:[^"\\]|\\.)*)"|'([^']*)'|(\d?>&\d|(?:\d?|&)>>?|\d?<)|(&&|\|\||[;|&\n])|([^\S\n]+)|(\\.|[^])/gy;
  let word: string | undefined;
  let isFile = false;
  const endWord = (): void => {
    if (word === undefined) return;
    if (!isFile) commands.at(-1)?.words.push(word);
    isFile = false;
    word = undefined;
  };
  for (const [text, double, single, redirection, operator, blank] of script.matchAll(pattern)) {
    if (redirection !== undefined) {
      endWord();
      isFile = !redirection.includes(">&");
    } else if (operator !== undefined) {
      endWord();
      if (operator === "|") Object.assign(commands.at(-1) ?? {}, { isPiped: true });
      commands.push({ words: [] });
    } else if (blank !== undefined) {
      endWord();
    } else {
      word = (word ?? "") + (double?.replaceAll(/\\(.)/g, "$1") ?? single ?? text.replace(/^\\(.)/, "$1"));
    }
  }
  endWord();
  return commands.filter(({ words }) => words.length > 0);
}

/** The program that a command really runs. */
export function invocationOf(command: ShellCommand): Invocation | undefined {
  let words = command.words;
  for (let step = 0; step < 10; step += 1) {
    const rest = stripPrefix(words);
    if (rest === undefined) break;
    words = rest;
  }
  const [first, ...args] = words;
  return first === undefined ? undefined : { program: bareName(first), args };
}

/** The variables that a command sets for its program: `LOG=json node main.js`, `cross-env LOG=json node main.js`. */
export function variablesOf(command: ShellCommand): ReadonlyMap<string, string> {
  const own = invocationOf(command)?.args.length ?? 0;
  const before = command.words.slice(0, Math.max(0, command.words.length - own - 1));
  const pairs = before.map((word) => /^(?<name>[A-Za-z_]\w*)=(?<value>.*)$/s.exec(word)?.groups);
  return new Map(
    pairs.flatMap((pair) => (pair === undefined ? [] : [[pair["name"] ?? "", pair["value"] ?? ""] as const])),
  );
}

/** What remains after one thing that merely stands before a command; nothing when there is no such thing. */
function stripPrefix(words: readonly string[]): readonly string[] | undefined {
  const [first = "", second = ""] = words;
  if (/^[A-Za-z_]\w*=/.test(first)) return words.slice(1);
  const program = bareName(first);
  if (["cross-env", "cross-env-shell", "env", "exec", "time", "nice"].includes(program))
    return words.slice(1);
  if (["npx", "pnpx", "bunx"].includes(program)) return afterFlags(words.slice(1));
  if (["npm", "pnpm", "yarn"].includes(program) && ["exec", "x", "dlx"].includes(second)) {
    return afterFlags(words.slice(2));
  }
  if (program === "bun" && (second === "x" || second === "--bun")) return afterFlags(words.slice(2));
  if (["dotenv", "dotenvx", "env-cmd", "infisical", "doppler"].includes(program)) {
    const separator = words.indexOf("--");
    return separator === -1 ? undefined : words.slice(separator + 1);
  }
  return undefined;
}

function afterFlags(words: readonly string[]): readonly string[] {
  const start = words.findIndex((word) => !word.startsWith("-"));
  return start === -1 ? [] : words.slice(start);
}

// ./node_modules/.bin/vite, node_modules/vite/bin/vite.js and vite.cmd are all vite.
function bareName(word: string): string {
  const name = word.replaceAll("\\", "/").split("/").at(-1) ?? word;
  return name.replace(/\.(?:cmd|exe|ps1)$/, "");
}
