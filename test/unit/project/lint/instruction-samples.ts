import type { RuleSamples } from "./rule-sample.ts";

/** Samples of the rules about instructions. */
export const instructionSamples: RuleSamples = {
  EmptyDockerfile: [
    { bad: "", good: "FROM node:24" },
    { bad: "# only\n# comments\n", good: "# a comment\nFROM node:24" },
  ],
  BinaryFile: [
    {
      bad: "FROM node:24\n\0\u0001\u0002",
      good: "FROM node:24\n# größer als ASCII ✓\n# in Latin-1: gr\uFFFD\uFFFDer",
    },
  ],
  NoBuildStage: [{ bad: "ARG A=1\nRUN true", good: "ARG A=1\nFROM node:24\nRUN true" }],
  UnknownInstruction: [
    { bad: "FROM node:24\nRUNN npm ci", good: "FROM node:24\nrun npm ci", line: 2 },
    { bad: "FROM node:24\nRUN a &&\nb", good: "FROM node:24\nRUN a && \\\nb", line: 3 },
    { bad: "FROM node:24\nONBUILD WALK x", good: "FROM node:24\nONBUILD RUN x", line: 2 },
  ],
  MissingArguments: [
    { bad: "FROM node:24\nCOPY a", good: "FROM node:24\nCOPY a /b", line: 2 },
    { bad: "FROM node:24\nRUN", good: 'FROM node:24\nCMD []\nENTRYPOINT [""]\nRUN <<EOF\nx\nEOF', line: 2 },
    {
      bad: "FROM node:24\nENV NODE_ENV",
      good: 'FROM node:24\nENV A b=c\nENV A=\nENV A=1 B=""\nENV A ""',
      line: 2,
    },
    {
      bad: "FROM node:24\nLABEL title=My app",
      good: 'FROM node:24\nLABEL title="My app" b=My\\ app',
      line: 2,
    },
    {
      bad: "FROM node:24\nHEALTHCHECK --interval=1s CMD",
      good: "FROM node:24\nHEALTHCHECK NONE\nHEALTHCHECK CMD a",
      line: 2,
    },
  ],
  UnterminatedHeredoc: [
    {
      bad: "FROM node:24\nRUN <<EOF\nls\n EOF",
      good: "FROM node:24\nRUN <<-EOF\n\tls\n\tEOF\nRUN cat <<'A' <<B\n1\nA\n2\nB",
      line: 2,
    },
  ],
  DL3061: [{ bad: "RUN true\nFROM node:24", good: "# a\nARG A\nFROM node:24\nRUN true" }],
  DL3043: [
    { bad: "FROM node:24\nONBUILD FROM x", good: "FROM node:24\nONBUILD COPY . /app", line: 2 },
    { bad: "FROM node:24\nONBUILD ONBUILD RUN x", good: "FROM node:24\nONBUILD RUN x" },
  ],
  StageNameCasing: [{ bad: "FROM node:24 AS Build", good: "FROM node:24 AS build" }],
  FromAsCasing: [
    { bad: "FROM node:24 as build", good: "FROM node:24 AS build" },
    { bad: "from node:24 AS build", good: "from node:24 as build" },
  ],
  ConsistentInstructionCasing: [
    { bad: "FROM node:24\nRun a\nRUN b", good: "from node:24\nrun a\nrun b", line: 2 },
    { bad: "from a:1\nrun b\nRUN c", good: "FROM a:1\nRUN b\nRUN c", line: 3 },
  ],
  NoEmptyContinuation: [
    { bad: "FROM a:1\nRUN a && \\\n\n  b", good: "FROM a:1\nRUN a && \\\n  # why\n  b", line: 3 },
  ],
  LegacyKeyValueFormat: [
    { bad: "FROM a:1\nENV A b c", good: 'FROM a:1\nENV A="b c"', line: 2 },
    { bad: "FROM a:1\nLABEL maintainer me", good: "FROM a:1\nLABEL maintainer=me" },
  ],
  MaintainerDeprecated: [{ bad: "FROM a:1\nMAINTAINER me", good: "FROM a:1\nLABEL maintainer=me", line: 2 }],
  InvalidDefinitionDescription: [
    { bad: "# the base\nFROM a:1 AS base", good: "# base is what others are built on\nFROM a:1 AS base" },
    {
      bad: "FROM a:1\n# which one\nARG VERSION=1",
      good: "FROM a:1\n# which one\n\nARG VERSION=1\n# VERSION2 another\nARG VERSION2\n# hadolint ignore=DL3000\nARG C",
    },
  ],
  DuplicateStageName: [
    { bad: "FROM a:1 AS x\nFROM b:1 AS X", good: "FROM a:1 AS x\nFROM b:1 AS y", line: 2 },
  ],
  ReservedStageName: [{ bad: "FROM a:1 AS scratch", good: "FROM a:1 AS base" }],
  DL3022: [
    {
      bad: "FROM a:1 AS build\nFROM b:1\nCOPY --from=biuld /a /a",
      good: "FROM a:1 AS build\nFROM b:1\nCOPY --from=build /a /a\nCOPY --from=0 /b /b\nCOPY --from=redis:7 /c /c",
      line: 3,
    },
    {
      bad: "FROM b:1\nCOPY --from=late /a /a\nFROM c:1 AS late",
      good: "FROM b:1\nCOPY --from=${IMAGE} /a /a\nONBUILD COPY --from=build /a /a",
    },
  ],
  DL3023: [
    {
      bad: "FROM a:1 AS build\nCOPY --from=build /a /b",
      good: "FROM a:1 AS deps\nFROM a:1 AS build\nCOPY --from=deps /a /b\nONBUILD COPY --from=build /a /b",
      line: 2,
    },
  ],
  DL3067: [
    {
      bad: "FROM a:1 AS x\nFROM b:1\nCOPY --from=x / /",
      good: "FROM a:1 AS x\nFROM b:1\nCOPY --from=x /usr /usr\nFROM scratch\nCOPY --from=x / /",
      line: 3,
    },
  ],
  DL3006: [
    {
      bad: "FROM node",
      good: "FROM node:24 AS build\nFROM build\nFROM scratch\nFROM node@sha256:0123456789abcdef0123456789abcdef",
    },
    {
      bad: "ARG BASE=registry:5000/node\nFROM $BASE",
      good: "ARG BASE\nFROM $BASE\nFROM node:${V:-24}",
      line: 2,
    },
  ],
  DL3007: [
    {
      bad: "FROM node:latest",
      good: "FROM node:24\nFROM node:latest@sha256:0123456789abcdef0123456789abcdef",
    },
  ],
  DL3026: [
    {
      bad: "FROM evil.example.com/a:1",
      good: "FROM docker.io/a:1\nFROM b:1\nFROM x.corp.example/c:1",
      options: { trustedRegistries: ["docker.io", "*.corp.example"] },
    },
    {
      bad: "FROM docker.io/a:1\nCOPY --from=evil.example.com/a:1 /a /b",
      good: "FROM docker.io/a:1 AS a\nFROM scratch\nCOPY --from=a /a /b",
      line: 2,
      options: { trustedRegistries: ["docker.*"] },
    },
  ],
  UndefinedArgInFrom: [
    { bad: "FROM node:${VERSION}", good: "ARG VERSION=24\nFROM node:${VERSION}\nFROM node:${OTHER:-24}" },
    { bad: "FROM --platform=$BUILDPLATFROM node:24", good: "FROM --platform=$BUILDPLATFORM node:24" },
  ],
  InvalidDefaultArgInFrom: [
    {
      bad: "ARG TAG\nFROM busybox:${TAG}",
      good: "ARG TAG=1\nFROM busybox:${TAG}\nARG VARIANT\nFROM busybox:stable${VARIANT}\nFROM alpine:${OTHER:-3}",
      line: 2,
    },
  ],
  RedundantTargetPlatform: [
    { bad: "FROM --platform=${TARGETPLATFORM} a:1", good: "FROM --platform=$BUILDPLATFORM a:1" },
  ],
  FromPlatformFlagConstDisallowed: [
    {
      bad: "FROM --platform=linux/amd64 a:1 AS build",
      good: "FROM --platform=linux/amd64 a:1 AS build-AMD64\nFROM --platform=$BUILDPLATFORM a:1",
    },
  ],
  UndefinedVar: [
    {
      bad: "FROM a:1\nARG VERSION\nCOPY app-$VERSIN /app",
      good: "FROM a:1\nARG VERSION\nCOPY app-$VERSION /app\nENV LIBS=${LIBS:+$LIBS:}/lib\nENV LIBS=$LIBS",
      line: 3,
    },
    {
      bad: "ARG VERSION=1\nFROM a:1\nLABEL v=$VERSION",
      good: "ARG VERSION=1\nFROM a:1\nARG VERSION\nLABEL v=$VERSION",
      line: 3,
    },
    {
      bad: "FROM a:1\nCOPY bin-$TARGETARCH /bin",
      good: "FROM a:1\nARG TARGETARCH\nCOPY bin-$TARGETARCH /bin\nENV JAVA=$JAVA_HOME/bin HOME2='$x' P=\\$y Q=${Z:-1}",
      line: 2,
    },
    {
      bad: "FROM scratch\nENV A=$B",
      good: "FROM scratch AS x\nENV B=1\nFROM x\nENV A=$B PATH=/a:$PATH",
      line: 2,
    },
    {
      bad: "ARG LIBS=1\nFROM a:1\nENV LIBS=$LIBS",
      good: "FROM a:1\nENV LIBS=/a:$LIBS\nFROM b:1\nENV LIBS=/a:${LIBS} B=$LIBS",
      line: 3,
    },
  ],
  DL3044: [
    { bad: "FROM a:1\nENV PATH=/x:$PATH P=$PATH A=1 B=$A", good: "FROM a:1\nENV PATH=/x:$PATH P=$PATH" },
    { bad: "FROM a:1\nENV A=1 B=$A", good: "FROM a:1\nENV A=1\nENV A=2 B=$A C=$PATH PATH=/x:$PATH", line: 2 },
  ],
  JSONArgsRecommended: [
    { bad: "FROM a:1\nCMD node server.js", good: 'FROM a:1\nCMD ["node", "server.js"]', line: 2 },
    { bad: "FROM a:1\nENTRYPOINT ['node']", good: 'FROM a:1\nSHELL ["/bin/sh", "-c"]\nENTRYPOINT exec node' },
  ],
  DL3025: [
    {
      bad: "FROM a:1\nHEALTHCHECK --interval=5s CMD /check now",
      good: 'FROM a:1\nHEALTHCHECK CMD ["/check"]\nFROM a:1\nHEALTHCHECK CMD curl -f http://localhost || exit 1\nFROM a:1\nHEALTHCHECK NONE',
      line: 2,
    },
  ],
  MultipleInstructionsDisallowed: [
    { bad: 'FROM a:1\nCMD ["a"]\nCMD ["b"]', good: 'FROM a:1 AS x\nCMD ["a"]\nFROM x\nCMD ["b"]', line: 2 },
    { bad: 'FROM a:1\nENTRYPOINT ["a"]\nENTRYPOINT ["b"]', good: 'FROM a:1\nENTRYPOINT ["a"]\nCMD ["b"]' },
    { bad: 'FROM a:1\nHEALTHCHECK CMD ["a"]\nHEALTHCHECK NONE', good: "FROM a:1\nHEALTHCHECK NONE" },
  ],
  DL3057: [
    { bad: "FROM a:1\nEXPOSE 80", good: "FROM a:1\nRUN make\nFROM b:1\nEXPOSE 80\nHEALTHCHECK NONE" },
    {
      bad: "FROM a:1 AS x\nEXPOSE 80\nFROM x",
      good: 'FROM a:1 AS x\nHEALTHCHECK CMD ["a"]\nFROM x\nEXPOSE 80',
      line: 3,
    },
  ],
  "DKL-DI-0002": [
    { bad: 'FROM a:1\nVOLUME ["/data", "/proc"]', good: "FROM a:1\nVOLUME /data /sys/data", line: 2 },
  ],
  WorkdirRelativePath: [
    {
      bad: "FROM a:1\nWORKDIR app",
      good: "FROM a:1\nWORKDIR /app\nWORKDIR src\nFROM a:1\nWORKDIR $HOME\nFROM a:1\nWORKDIR C:\\app",
      line: 2,
    },
  ],
  DL3000: [
    {
      bad: "FROM a:1\nWORKDIR /app\nWORKDIR src",
      good: 'FROM a:1\nWORKDIR /app\nWORKDIR "/app/src"',
      line: 3,
    },
  ],
  "DS-0030": [{ bad: "FROM a:1\nWORKDIR /proc/self/fd/8", good: "FROM a:1\nWORKDIR /process", line: 2 }],
  DL3003: [
    {
      bad: "FROM a:1\nRUN cd /app && make",
      good: "FROM a:1\nRUN tar x && cd app && make\nRUN (cd /app && make)\nRUN cd $(mktemp -d) && make\nRUN --mount=type=bind,target=/src cd /src && make",
      line: 2,
    },
    { bad: "FROM a:1\nRUN cd /app", good: "FROM a:1\nWORKDIR /app" },
  ],
  DL3045: [
    {
      bad: "FROM a:1\nCOPY a b/",
      good: "FROM a:1 AS x\nWORKDIR /app\nCOPY a b/\nFROM x\nCOPY a .\nFROM b:1\nCOPY a /b/\nCOPY a $DIR\nONBUILD COPY . .",
      line: 2,
    },
  ],
  DL3002: [
    { bad: "FROM a:1\nUSER root", good: "FROM a:1\nUSER root\nRUN x\nUSER node", line: 2 },
    {
      bad: "FROM a:1\nENV U=0\nUSER ${U}:0",
      good: "FROM a:1 AS build\nUSER 0\nFROM a:1\nUSER 1000:0\nUSER $WHO",
      line: 3,
    },
  ],
  "DS-0002": [
    { bad: "FROM a:1\nUSER 1\nFROM b:1", good: "FROM a:1 AS x\nUSER 1\nFROM x", line: 3 },
    { bad: "FROM scratch", good: "FROM gcr.io/distroless/static:nonroot" },
    { bad: "FROM node:${V}", good: "FROM mcr.microsoft.com/windows/servercore:ltsc2025" },
    {
      bad: "FROM mcr.microsoft.com/dotnet/aspnet:9.0",
      good: "FROM mcr.microsoft.com/dotnet/framework/aspnet:4.8",
    },
    { bad: "FROM a:1 AS x-amd64\nFROM b:1", good: "FROM a:1 AS x-amd64\nUSER 1\nFROM x-${TARGETARCH}" },
  ],
  DL3066: [
    { bad: "FROM a:1\nUSER node", good: "FROM a:1\nUSER node\nRUN x\nUSER 1000:node", line: 2 },
    { bad: "FROM a:1\nUSER app", good: "FROM mcr.microsoft.com/windows/servercore:1\nUSER ContainerUser" },
  ],
  SecretsUsedInArgOrEnv: [
    {
      bad: "FROM a:1\nARG NPM_TOKEN",
      good: "FROM a:1\nARG TOKEN_PATH=/run/x\nENV PUBLIC_KEY=a GPG_KEY=b DB_PASSWORD_FILE=/run/s TLS_KEY=/etc/tls.key KEYBOARD=de",
      line: 2,
    },
    {
      bad: "FROM a:1\nENV A=1 \\\n  DB_PASSWORD=x",
      good: "FROM a:1\nRUN --mount=type=secret,id=npm,env=NPM_TOKEN npm ci",
      line: 3,
    },
  ],
  "DS-0031": [
    {
      bad: "FROM a:1\nRUN aws configure set aws_access_key_id $ID",
      good: "FROM a:1\nRUN --mount=type=secret,id=a aws configure set aws_access_key_id $ID\nRUN aws configure set region x",
      line: 2,
    },
    {
      bad: "FROM a:1\nRUN docker login -u me -p secret",
      good: "FROM a:1\nRUN docker login -u me --password-stdin",
    },
    {
      bad: "FROM a:1\nRUN az login --service-principal --password x",
      good: "FROM a:1\nRUN az login --identity",
    },
    { bad: "FROM a:1\nRUN gcloud auth activate-service-account", good: "FROM a:1\nRUN gcloud auth list" },
    { bad: "FROM a:1\nRUN doctl auth init -t x", good: "FROM a:1\nRUN doctl version" },
  ],
  "CIS-DI-0010": [
    {
      bad: "FROM a:1\nCOPY .env /app/",
      good: "FROM a:1 AS x\nCOPY id_rsa /root/.ssh/\nFROM b:1\nCOPY --from=x /app/.env /\nCOPY .env.example /app/",
      line: 2,
    },
    { bad: "FROM a:1\nADD home/.ssh/id_ed25519 /root/", good: "FROM a:1\nADD id_ed25519.pub /root/" },
  ],
  ExposeProtoCasing: [{ bad: "FROM a:1\nEXPOSE 80/TCP", good: "FROM a:1\nEXPOSE 80/tcp", line: 2 }],
  ExposeInvalidFormat: [
    { bad: "FROM a:1\nEXPOSE 127.0.0.1:80:80", good: "FROM a:1\nEXPOSE 80 81-90/udp $PORT", line: 2 },
  ],
  DL3011: [
    { bad: "FROM a:1\nEXPOSE 80 65536", good: "FROM a:1\nEXPOSE 65535", line: 2 },
    { bad: "FROM a:1\nARG P=70000\nEXPOSE $P", good: "FROM a:1\nARG P\nEXPOSE $P" },
  ],
  "DS-0004": [{ bad: "FROM a:1\nEXPOSE 22/tcp", good: "FROM a:1\nEXPOSE 2222", line: 2 }],
  CopyIgnoredFile: [
    {
      bad: "FROM a:1\nCOPY src/secret.txt /a",
      good: "FROM a:1\nCOPY src/index.ts /a",
      line: 2,
      options: { ignoreFile: "# no\n**/secret.txt\n" },
    },
    {
      bad: "FROM a:1\nCOPY . /a",
      good: "FROM a:1\nCOPY --from=x . /a\nCOPY <<a /a\nx\na",
      options: { ignoreFile: "*" },
    },
    {
      bad: "FROM a:1\nADD tests /a",
      good: "FROM a:1\nCOPY package.json src/ /a/",
      options: { ignoreFile: "*\n!src\n!package.json" },
    },
    {
      bad: "FROM a:1\nCOPY dist/a /a",
      good: "FROM a:1\nCOPY packages/a/b /a",
      options: { ignoreFile: "dist\npackages\n!packages/**/package.json\n" },
    },
    {
      bad: "FROM a:1\nCOPY dist /a",
      good: "FROM a:1\nCOPY z /a",
      options: { ignoreFile: "dist\n[z-a]\n" },
    },
  ],
  DL3020: [
    {
      bad: "FROM a:1\nADD app.js /app/",
      good: 'FROM a:1\nADD app.tar.gz /app/\nADD https://example.com/a /a\nADD git@github.com:a/b.git /b\nADD https://github.com/a/b.git#v1 /b\nADD $ARCHIVE /\nADD ["${ARCHIVE}", "/"]',
      line: 2,
    },
  ],
  DL3021: [
    {
      bad: "FROM a:1\nCOPY a b /c",
      good: 'FROM a:1\nCOPY a b /c/\nCOPY a b .\nCOPY ["a b", "/c"]\nCOPY a b $DIR',
      line: 2,
    },
  ],
  DL3010: [
    {
      bad: "FROM a:1\nCOPY app.tar.gz /tmp/\nRUN tar -xzf /tmp/app.tar.gz -C /app",
      good: "FROM a:1\nADD app.tar.gz /app/\nCOPY kept.tar /kept.tar\nRUN tar czf /x.tar.gz /kept.tar\nCOPY a.zip /\nRUN unzip /a.zip",
      line: 2,
    },
    {
      bad: "FROM a:1\nCOPY app-1.tgz /app.tgz\nRUN tar xf /app.tgz",
      good: "FROM a:1 AS x\nCOPY app.tgz /\nFROM b:1\nRUN tar xf /app.tgz",
    },
  ],
  "DKL-LI-0003": [
    {
      bad: "FROM a:1\nCOPY .git /app/.git",
      good: "FROM a:1 AS x\nCOPY .git /app/.git\nFROM b:1\nCOPY .gitignore /app/\nCOPY --from=x /app/.git /v",
      line: 2,
    },
  ],
  DL3048: [
    {
      bad: "FROM a:1\nLABEL Foo=1",
      good: 'FROM a:1\nLABEL org.opencontainers.image.title="x" maintainer=a',
      line: 2,
    },
    { bad: "FROM a:1\nLABEL com.docker.x=1", good: "FROM a:1\nLABEL com.example.x-y=1" },
    { bad: "FROM a:1\nLABEL a..b=1", good: "FROM a:1\nLABEL a.b=1" },
  ],
  DL3049: [
    {
      bad: "FROM a:1",
      good: "FROM b:1 AS x\nLABEL owner=me\nFROM x",
      options: { labels: { owner: "text" } },
    },
  ],
  DL3050: [
    {
      bad: "FROM a:1\nLABEL a=1 b=2",
      good: "FROM a:1\nLABEL a=1",
      line: 2,
      options: { labels: { a: "text" }, strictLabels: true },
    },
  ],
  DL3051: [
    {
      bad: 'FROM a:1\nLABEL a=""',
      good: 'FROM a:1\nLABEL a=1 b=""',
      line: 2,
      options: { labels: { a: "text" } },
    },
  ],
  DL3052: [
    {
      bad: "FROM a:1\nLABEL a=nowhere",
      good: "FROM a:1\nARG U\nLABEL a=https://example.com\nLABEL a=$U",
      line: 2,
      options: { labels: { a: "url" } },
    },
  ],
  DL3053: [
    {
      bad: "FROM a:1\nLABEL a=2026-13-01T00:00:00Z",
      good: "FROM a:1\nLABEL a=2026-01-31T12:00:00+01:00",
      options: { labels: { a: "rfc3339" } },
    },
  ],
  DL3054: [
    {
      bad: "FROM a:1\nLABEL a='the best'",
      good: "FROM a:1\nLABEL a='(MIT OR Apache-2.0) AND GPL-2.0+'",
      options: { labels: { a: "spdx" } },
    },
  ],
  DL3055: [
    { bad: "FROM a:1\nLABEL a=12345", good: "FROM a:1\nLABEL a=0123abc", options: { labels: { a: "hash" } } },
  ],
  DL3056: [
    {
      bad: "FROM a:1\nLABEL a=v1.2",
      good: "FROM a:1\nLABEL a=1.2.3-rc.1+build.5",
      options: { labels: { a: "semver" } },
    },
  ],
  DL3058: [
    {
      bad: "FROM a:1\nLABEL a=me",
      good: "FROM a:1\nLABEL a=me@example.com",
      options: { labels: { a: "email" } },
    },
  ],
};
