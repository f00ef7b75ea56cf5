import { lintDockerfile } from "@dext/project/lint";
import { describe, expect, it } from "vitest";

describe("a finding", () => {
  it("has id, aliases, severity, place, hint and address", () => {
    expect(lintDockerfile("FROM a:1\nUSER 1\nRUN a && \\\n    sudo \\\n b\n")).toEqual([
      {
        rule: "DL3004",
        aliases: ["DS-0010", "DKL-DI-0001"],
        source: "hadolint",
        severity: "error",
        message: "sudo is used",
        hint: "Put USER root before the RUN and USER with the other one after it.",
        line: 4,
        column: 5,
        endLine: 5,
        url: "https://github.com/hadolint/hadolint/wiki/DL3004",
      },
    ]);
  });

  it("comes once when several tools say the same thing", () => {
    expect(lintDockerfile("FROM a:1\nUSER 1\nMAINTAINER me")).toMatchObject([
      { rule: "MaintainerDeprecated", aliases: ["DL4000", "DS-0022"], line: 3 },
    ]);
  });

  it.each([
    ["\r\n", "windows line ends"],
    ["\n", "unix line ends"],
  ])("stands in the right line with %j", (end) => {
    const text = ["\uFEFF# x", "FROM a:1", "USER 1", "RUN a && \\", "  # why", "  sudo b", "CMD c"].join(end);
    expect(lintDockerfile(text).map(({ rule, line, column }) => [rule, line, column])).toEqual([
      ["DL3004", 6, 3],
      ["JSONArgsRecommended", 7, 1],
    ]);
  });

  it("stands in the right line of a here-document, and after it", () => {
    const text =
      "FROM a:1\nUSER 1\nRUN <<EOF\nset -e\n# FROM b\nsudo x\nEOF\nRUN cat <<A >/a && sudo y\nsudo z\nA\nCMD c\n";
    expect(lintDockerfile(text).map(({ rule, line }) => [rule, line])).toEqual([
      ["DL3004", 6],
      ["DL3004", 8],
      ["JSONArgsRecommended", 11],
    ]);
  });

  it.each([
    ["white space before its name", "RUN cat << EOF >/a\nUSER root\nEOF"],
    ["white space before a quoted name", "RUN <<  'EOF'\nUSER root\nEOF"],
    ["the number of a file", "RUN cat 3<<EOF /dev/fd/3\nUSER root\nEOF"],
    ["the number of a file and tabs", "RUN cat 3<<-EOF /dev/fd/3\nUSER root\n\tEOF"],
  ])("is not made of the text of a here-document with %s", (_name, run) => {
    expect(lintDockerfile(`FROM a:1\nUSER 1\n${run}\n`)).toEqual([]);
  });

  it("is made of a here-document whose sign stands apart from its name", () => {
    expect(lintDockerfile("FROM a:1\nUSER 1\nRUN << EOF bash\nsudo x\nEOF\n")).toMatchObject([
      { rule: "DL3004", line: 4 },
    ]);
  });

  it.each(["cat <<- EOF", 'cat <<""', "cat <<-"])("is made of what follows %j, no here-document", (run) => {
    expect(lintDockerfile(`FROM a:1\nUSER 1\nRUN ${run}\nCMD c`)).toMatchObject([
      { rule: "JSONArgsRecommended", line: 4 },
    ]);
  });

  it("is not made of a line that goes on after an escaped space", () => {
    expect(lintDockerfile("FROM a:1\nUSER 1\nRUN cp a\\ \\\n  b c\n")).toEqual([]);
  });

  it("is not made of an escape character that ends the file", () => {
    expect(lintDockerfile("FROM a:1\nUSER 1\nRUN a \\\n")).toEqual([]);
    expect(lintDockerfile("FROM a:1\nUSER 1\nRUN a \\\n\n")).toMatchObject([
      { rule: "NoEmptyContinuation", line: 4 },
    ]);
  });

  it("is made of an instruction that is followed by a space that does not break", () => {
    expect(lintDockerfile("FROM a:1\nUSER 1\nRUN\u00A0npm ci")).toMatchObject([
      {
        rule: "UnknownInstruction",
        line: 3,
        hint: "The white space in it is U+00A0: write a plain space.",
      },
    ]);
  });

  it("has a column that does not count the byte order mark", () => {
    expect(lintDockerfile("\uFEFFFROM node\nUSER 1")).toMatchObject([{ rule: "DL3006", line: 1, column: 6 }]);
    expect(lintDockerfile("\uFEFF")).toMatchObject([{ rule: "EmptyDockerfile", line: 1, column: 1 }]);
  });

  it("is not made of the case of a word that is no instruction", () => {
    expect(lintDockerfile("FROM a:1\nUSER 1\nfoo")).toMatchObject([{ rule: "UnknownInstruction" }]);
  });

  it("is not made of what the escape character of Windows ends", () => {
    const text =
      "# escape=`\nFROM mcr.microsoft.com/windows/nanoserver:1\nRUN a `\n && b\nCOPY a C:\\app\\\nWORKDIR C:\\app\\\nUSER 1\n";
    expect(lintDockerfile(text)).toEqual([]);
  });

  it("is not made of a line that ends in an escaped escape character", () => {
    expect(lintDockerfile("FROM a:1\nUSER 1\nWORKDIR C:\\\\app\\\\\nCMD c")).toMatchObject([
      { rule: "JSONArgsRecommended", line: 4 },
    ]);
  });

  it("is made of what ONBUILD runs", () => {
    expect(lintDockerfile("FROM a:1\nUSER 1\nONBUILD RUN x && sudo y")).toMatchObject([
      { rule: "DL3004", line: 3, column: 18 },
    ]);
  });
});

describe("a stage", () => {
  it("gives its user, ports, shell and folder to those that are built on it", () => {
    const text = `FROM a:1 AS base
WORKDIR /app
USER 1000
EXPOSE 80
HEALTHCHECK NONE
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
FROM base AS middle
FROM middle
COPY a b
RUN a | b
CMD exec c
`;
    expect(lintDockerfile(text)).toEqual([]);
  });

  it("does not share its arguments with the next", () => {
    expect(lintDockerfile("FROM a:1 AS x\nARG V=1\nFROM b:1\nUSER 1\nCOPY $V /a")).toMatchObject([
      { rule: "UndefinedVar", line: 5 },
    ]);
  });
});

describe("broken input", () => {
  it.each([
    ["nothing", ""],
    ["white space", " \n\t\n"],
    ["only comments", "# a\n# b"],
    ["an unknown instruction", "FROM a:1\nUSER 1\nFOO bar"],
    ["no FROM", "RUN x"],
    ["bytes", "\u007fELF\u0002\0\0\0"],
    ["a prompt", "$ docker build ."],
  ])("of %s gives an error with a line", (_name, text) => {
    const errors = lintDockerfile(text).filter(({ severity }) => severity === "error");
    expect(errors).not.toEqual([]);
    for (const { line, column, endLine } of errors) {
      expect(line).toBeGreaterThan(0);
      expect(column).toBeGreaterThan(0);
      expect(endLine).toBeGreaterThanOrEqual(line);
    }
  });

  it.each([
    ["quotes that do not end", 'FROM a:1\nRUN echo "x\nENV A="b\nLABEL \'c=d\n'],
    ["an exec form that is no JSON", 'FROM a:1\nRUN ["a", \nCMD ["a", 1]\nSHELL bash\nVOLUME ["x"'],
    [
      "empty parts",
      'FROM\nFROM --platform=\nFROM a:1 AS\nCOPY --from= a b\nCOPY ["", ""]\nENV =\nLABEL ""=\nEXPOSE /\nARG =1',
    ],
    ["odd variables", "FROM ${\nFROM ${A:-${B:-${C}}}\nENV A=$ B=${ C=${D:?x} E=${F##*/} G=${}\nWORKDIR $\n"],
    ["a continuation at the end", "FROM a:1\nRUN a \\"],
    ["a here-document without a name", "FROM a:1\nRUN <<\nRUN <<-\nCOPY << /x\nRUN a <<<b"],
    ["nothing but an escape", "\\"],
    ["depth", `FROM a:1\nRUN ${"$(".repeat(3000)}\nCOPY ${"${a:-".repeat(3000)} /`],
    ["length", `FROM a:1\nRUN a${" ".repeat(100_000)}b\nRUN c${" && \\\n d".repeat(5000)}`],
    ["escape characters", `FROM a:1\nRUN ${"\\".repeat(100_000)}x\nRUN ${"`".repeat(100_000)}x`],
    ["control characters", "FROM a:1\u0001\u2028\nRUN \u0007\n"],
  ])("of %s throws nothing", (_name, text) => {
    expect(() => lintDockerfile(text)).not.toThrow();
  });

  it("of any cut or shuffle of a real file throws nothing and stays in its lines", () => {
    const text = `# syntax=docker/dockerfile:1\nARG V=1\nFROM --platform=$BUILDPLATFORM node:\${V} AS a\nRUN --mount=type=cache,target=/c <<EOF bash\nif a | b; then c; fi\nEOF\nCOPY --from=a ["x y", "/z"]\nONBUILD RUN a && \\\n # c\n b\nENV A=1 B="\${A:-x}"\nHEALTHCHECK --interval=1s CMD ["a"]\nCMD ["b"]\n`;
    for (let start = 0; start < text.length; start += 3) {
      const lines = text.split("\n").length;
      for (const cut of [text.slice(start), text.slice(0, start), text.slice(start) + text.slice(0, start)]) {
        for (const { line, endLine } of lintDockerfile(cut)) {
          expect(line).toBeGreaterThan(0);
          expect(endLine).toBeLessThanOrEqual(lines + 1);
        }
      }
    }
  });
});
