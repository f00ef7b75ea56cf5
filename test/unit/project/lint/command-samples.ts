import type { RuleSamples } from "./rule-sample.ts";

/** Samples of the rules about what a `RUN` does. */
export const commandSamples: RuleSamples = {
  DL3001: [
    { bad: "FROM a:1\nRUN a && ssh host", good: 'FROM a:1\nRUN echo "ssh" # top\nRUN ssh -V', line: 2 },
  ],
  DL3004: [
    {
      bad: "FROM a:1\nRUN x \\\n  && sudo apt-get update",
      good: "FROM a:1\nRUN apt-get install -y sudo=1 && echo sudo",
      line: 3,
    },
    { bad: 'FROM a:1\nRUN ["sudo", "x"]', good: 'FROM a:1\nRUN ["echo", "sudo"]' },
  ],
  "DS-0017": [
    {
      bad: "FROM a:1\nRUN apt-get update",
      good: "FROM a:1\nRUN apt-get update && apt-get install -y curl=1\nRUN apt-get update && ./install.sh",
      line: 2,
    },
    {
      bad: "FROM a:1\nRUN sh -c 'apt-get update; rm x'",
      good: "FROM a:1\nRUN bash -c 'if a; then apt-get update && apt-get install -y b=1; else apt-get update && ./c; fi'",
    },
    { bad: "FROM a:1\nRUN apk update && rm -rf /x", good: "FROM a:1\nRUN apk update && apk add a=1" },
  ],
  DL4001: [
    {
      bad: "FROM a:1\nRUN wget -q x\nRUN curl y",
      good: "FROM a:1\nRUN wget -q x && echo curl && command -v curl\nFROM b:1\nRUN curl y",
      line: 3,
    },
  ],
  DL4005: [
    { bad: "FROM a:1\nRUN ln -sf /bin/bash /bin/sh", good: "FROM a:1\nRUN ln -s /bin/sh /bin/x", line: 2 },
  ],
  DL4006: [
    {
      bad: "FROM a:1\nRUN curl x | tar x",
      good: 'FROM a:1\nSHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN curl x | tar x',
      line: 2,
    },
    {
      bad: "FROM a:1\nRUN x=$(a | b)",
      good: "FROM a:1\nRUN set -o pipefail; a | b\nRUN echo 'a | b' || c\nRUN echo x | b\nRUN if a | b; then c; fi\nRUN ! a | b\nRUN grep x SUMS | sha256sum -c -",
    },
    {
      bad: "FROM a:1\nRUN <<EOF\na | b\nEOF",
      good: "FROM a:1\nRUN <<EOF bash -o pipefail\na | b\nEOF\nRUN <<EOF\n#!/bin/bash -eo pipefail\na | b\nEOF\nRUN <<EOF\n#!/usr/bin/env python3\na | b\nEOF",
      line: 3,
    },
    {
      bad: "FROM a:1\nRUN a | b",
      good: '# escape=`\nFROM mcr.microsoft.com/windows/servercore:1\nRUN dir | more\nFROM x:1\nSHELL ["pwsh", "-c"]\nRUN dir | more',
    },
  ],
  DL3059: [
    {
      bad: "FROM a:1\nRUN a\n# why\nRUN b && c",
      good: "FROM a:1\nRUN a && b && c\nRUN d\nCOPY x /x\nRUN e\nRUN --mount=type=cache,target=/c f\nRUN <<EOF\ng\nEOF",
      line: 4,
    },
  ],
  DL3047: [
    {
      bad: "FROM a:1\nRUN wget -O x https://example.com",
      good: "FROM a:1\nRUN wget -qO- x && wget -nv x && wget --progress=dot:giga x && command -v wget",
      line: 2,
    },
  ],
  DL1001: [{ bad: "# hadolint ignore=DL3006\nFROM a", good: "# hadolint is a linter\nFROM a:1" }],
  DL3046: [
    {
      bad: "FROM a:1\nRUN useradd -u 1234567 x",
      good: "FROM a:1\nRUN useradd -u 12345 x && useradd -l --uid 1234567 y && useradd -lu 1234567 z",
      line: 2,
    },
  ],
  "DKL-LI-0001": [
    { bad: "FROM a:1\nRUN passwd -d root", good: "FROM a:1\nRUN passwd -l root", line: 2 },
    { bad: "FROM a:1\nRUN useradd -p '' x", good: "FROM a:1\nRUN useradd -p '!' x" },
  ],
  "DKL-LI-0002": [
    { bad: "FROM a:1\nRUN useradd -o -u 0 x", good: "FROM a:1\nRUN useradd -u 1000 x", line: 2 },
  ],
  "CIS-DI-0008": [
    {
      bad: "FROM a:1\nRUN chmod u+s /bin/x",
      good: "FROM a:1\nRUN chmod 0755 /bin/x && chmod g+s /srv/",
      line: 2,
    },
    { bad: "FROM a:1\nCOPY --chmod=4755 a /a", good: "FROM a:1\nCOPY --chmod=755 a /a" },
  ],
  DL3008: [
    {
      bad: "FROM a:1\nRUN apt-get update && apt-get -o A=b install -y -t sid curl g++",
      good: "FROM a:1\nRUN apt-get install -y curl=8.* ./x.deb /tmp/y.deb git/sid $PACKAGES $(cat list) foo-$V && apt-get install -y --fix-broken",
      line: 2,
    },
    {
      bad: "FROM a:1\nRUN if x; then (DEBIAN_FRONTEND=noninteractive apt-get install -y curl); fi",
      good: 'FROM a:1\nRUN echo "apt-get install curl" # apt-get install git',
    },
    {
      bad: "FROM a:1\nRUN bash -c 'apt-get install -y curl'",
      good: "FROM a:1\nRUN cat <<EOF > /x.sh\napt-get install -y curl\nEOF",
    },
  ],
  DL3009: [
    {
      bad: "FROM a:1\nRUN apt-get update && apt-get install -y a=1",
      good: "FROM a:1 AS build\nRUN apt-get update\nFROM b:1\nRUN apt-get update && apt-get install -y a=1 && rm -rf /var/lib/apt/lists/*\nRUN --mount=type=cache,target=/var/lib/apt,sharing=locked apt-get update",
      line: 2,
    },
    {
      bad: "FROM a:1\nRUN rm -rf /var/lib/apt/lists/* && apt-get update",
      good: "FROM a:1\nRUN apt-get update && a && rm -r /var/lib/apt/lists /var/cache/*",
    },
  ],
  DL3014: [
    {
      bad: "FROM a:1\nRUN apt-get install a=1",
      good: 'FROM a:1\nRUN apt-get install -qy a=1 && apt-get -y install b=1 && apt-get install -qq b=1 && apt-get install -q=2 b=1 && apt-get install --dry-run c=1 && echo "apt-get install"',
      line: 2,
    },
  ],
  DL3015: [
    {
      bad: "FROM a:1\nRUN apt-get install -y a=1",
      good: "FROM a:1\nRUN apt-get --no-install-recommends install -y a=1\nRUN apt-get -o APT::Install-Recommends=false install -y a=1\nRUN apt-get install -y -oAPT::Install-Recommends=0 a=1",
      line: 2,
    },
  ],
  DL3027: [{ bad: "FROM a:1\nRUN apt update", good: "FROM a:1\nRUN apt-get update && ls /etc/apt", line: 2 }],
  "DS-0024": [
    { bad: "FROM a:1\nRUN apt-get -y dist-upgrade", good: "FROM a:1\nRUN apt-get -y upgrade", line: 2 },
  ],
  DL3018: [
    {
      bad: "FROM a:1\nRUN apk add --virtual .deps curl",
      good: 'FROM a:1\nRUN apk add --no-cache -t .deps curl=8.1-r0 git~2 "x>1" $DEPS a.apk --progress-fd 3',
      line: 2,
    },
  ],
  DL3019: [
    {
      bad: "FROM a:1\nRUN apk add a=1",
      good: "FROM a:1 AS build\nRUN apk add a=1\nFROM b:1\nRUN apk --no-cache add a=1\nRUN apk add a=1 && rm -rf /var/cache/apk/*\nRUN apk add --no-network a=1",
      line: 2,
    },
    {
      bad: "FROM a:1\nRUN --mount=type=cache,target=/root apk add a=1",
      good: "FROM a:1\nRUN --mount=type=cache,target=/var/cache/apk apk add a=1",
    },
  ],
  DL3030: [{ bad: "FROM a:1\nRUN yum install a-1", good: "FROM a:1\nRUN yum -y install a-1", line: 2 }],
  DL3032: [
    {
      bad: "FROM a:1\nRUN yum clean all && yum install -y a-1",
      good: "FROM a:1\nRUN yum install -y a-1 && yum clean all\nRUN yum install -y a-1 && rm -rf /var/cache/yum",
      line: 2,
    },
  ],
  DL3033: [
    {
      bad: "FROM a:1\nRUN yum install -y httpd-tools",
      good: "FROM a:1\nRUN yum install -y httpd-2.4.24 $X @group https://a/b.rpm ./c.rpm",
      line: 2,
    },
  ],
  DL3034: [
    {
      bad: "FROM a:1\nRUN zypper in a=1",
      good: "FROM a:1\nRUN zypper -n in a=1 && zypper install -y b=1",
      line: 2,
    },
  ],
  DL3035: [{ bad: "FROM a:1\nRUN zypper dup", good: "FROM a:1\nRUN zypper --version", line: 2 }],
  DL3036: [
    { bad: "FROM a:1\nRUN zypper -n in a=1", good: "FROM a:1\nRUN zypper -n in a=1 && zypper cc", line: 2 },
  ],
  DL3037: [
    {
      bad: "FROM a:1\nRUN zypper -n install a",
      good: 'FROM a:1\nRUN zypper -n install a=1 "b>=2" c.rpm',
      line: 2,
    },
  ],
  DL3038: [{ bad: "FROM a:1\nRUN microdnf install a-1", good: "FROM a:1\nRUN dnf install -y a-1", line: 2 }],
  DL3040: [
    {
      bad: "FROM a:1\nRUN dnf install -y a-1",
      good: "FROM a:1\nRUN dnf install -y a-1 && dnf clean all\nRUN --mount=type=cache,target=/var/cache/libdnf5 dnf5 install -y a-1",
      line: 2,
    },
    {
      bad: "FROM a:1\nRUN dnf clean all && dnf -y upgrade",
      good: "FROM a:1\nRUN dnf -y upgrade && dnf clean all\nRUN dnf module enable a:1",
    },
  ],
  DL3041: [
    { bad: "FROM a:1\nRUN dnf install -y a", good: "FROM a:1\nRUN dnf install -y a-1.2-3.fc40", line: 2 },
    {
      bad: "FROM a:1\nRUN dnf module install -y a",
      good: "FROM a:1\nRUN dnf module install -y a:1.2 $B && dnf module enable c",
    },
  ],
  DL3013: [
    {
      bad: "FROM a:1\nRUN pip3 install -U flask",
      good: 'FROM a:1\nRUN pip install flask==1 "a>=2" -r r.txt\nRUN pip install . ./x a.whl git+https://github.com/a/b@v1\nRUN pip install -e . && pip install -c c.txt d\nRUN uv pip install x',
      line: 2,
    },
    {
      bad: "FROM a:1\nRUN python3 -m pip install --index-url https://x flask",
      good: "FROM a:1\nRUN python3 -m pip install --index-url https://x flask==1 && pip install --group dev -C a=b --config-setting c=d",
    },
  ],
  DL3042: [
    {
      bad: "FROM a:1\nRUN pip install a==1",
      good: "FROM a:1 AS x\nRUN pip install a==1\nFROM b:1\nRUN pip install --no-cache-dir a==1\nRUN --mount=type=cache,target=/root/.cache pip install a==1\nRUN --mount=type=cache,target=/home/app/.cache/ pip install a==1\nENV PIP_NO_CACHE_DIR=1\nRUN pip install a==1",
      line: 2,
    },
  ],
  DL3016: [
    {
      bad: "FROM a:1\nRUN npm i -g --prefix /x pnpm @scope/a",
      good: "FROM a:1\nRUN npm install && npm ci && npm i -g pnpm@10 @scope/a@1 . ./b.tgz $P git+https://a/b#1 a/b#1 github:a/b#1 && npm install --omit dev --fund false --install-strategy nested",
      line: 2,
    },
  ],
  DL3060: [
    {
      bad: "FROM a:1\nRUN yarn install",
      good: "FROM a:1\nRUN yarn install && yarn cache clean\nRUN --mount=type=cache,target=/root/.yarn yarn install",
      line: 2,
    },
  ],
  DL3028: [
    {
      bad: "FROM a:1\nRUN gem install --no-document rails",
      good: "FROM a:1\nRUN gem install rails:8 && gem install -v 1 x && gem install a:1 -- --with-x y && gem install --file Gemfile",
      line: 2,
    },
  ],
  DL3062: [
    {
      bad: "FROM a:1\nRUN go install example.com/x/y@latest",
      good: "FROM a:1\nRUN go install example.com/x/y@v1 && go install ./... && go run main.go",
      line: 2,
    },
    {
      bad: "FROM a:1\nRUN go get example.com/x",
      good: "FROM a:1\nCOPY . .\nRUN go install example.com/x/cmd",
    },
  ],
};
