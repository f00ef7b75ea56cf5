import { Buffer } from "node:buffer";
import { describe, expect, test } from "vitest";
import { LineSplitter, longestLine } from "../../../../hosting/src/logs/line-splitter.ts";
import { SecretMask } from "../../../../hosting/src/logs/secret-mask.ts";

function split(chunks: readonly (Buffer | string)[], secrets: readonly string[] = []) {
  const mask = new SecretMask();
  for (const secret of secrets) mask.add(secret);
  const lines: { text: Buffer; continues: boolean }[] = [];
  const splitter = new LineSplitter(
    {
      line: (bytes, { start, end }, continues) => {
        lines.push({ text: Buffer.from(bytes.subarray(start, end)), continues });
      },
    },
    mask,
  );
  for (const chunk of chunks) splitter.push(Buffer.from(chunk));
  return {
    splitter,
    lines,
    texts: () => lines.map(({ text }) => text.toString()),
    finish: () => splitter.flush(),
  };
}

describe("LineSplitter", () => {
  test("gives the same lines wherever the chunks are cut", () => {
    const output = Buffer.from("grüße 🚀\r\nzwei\n\n日本語\rrest\nlast without end ✓");
    const expected = ["grüße 🚀", "zwei", "", "日本語\rrest", "last without end ✓"];
    for (let cut = 0; cut <= output.length; cut += 1) {
      const { texts, finish } = split([output.subarray(0, cut), output.subarray(cut)]);
      finish();
      expect(texts()).toEqual(expected);
    }
    const byByte = split([...output].map((byte) => Buffer.from([byte])));
    byByte.finish();
    expect(byByte.texts()).toEqual(expected);
  });

  test("keeps bytes that are not UTF-8 as they are", () => {
    const bytes = Buffer.from([0xff, 0x00, 0xc3, 0x0a, 0x80, 0x0a]);
    expect(split([bytes]).lines.map(({ text }) => [...text])).toEqual([[0xff, 0x00, 0xc3], [0x80]]);
  });

  test("has nothing to flush after a line end", () => {
    const { texts, finish, splitter } = split(["one\n"]);
    finish();
    expect(splitter.pending).toBe(0);
    expect(texts()).toEqual(["one"]);
  });

  test("keeps a carriage return that ends nothing", () => {
    expect(split(["10%\r20%\r", "30%\r\n"]).texts()).toEqual(["10%\r20%\r30%"]);
  });

  test.each([longestLine - 1, longestLine])("leaves a line of %d bytes whole", (length) => {
    const { lines } = split([`${"x".repeat(length)}\n`]);
    expect(lines.map(({ text, continues }) => [text.length, continues])).toEqual([[length, false]]);
  });

  test.each([1000, 65_536, 1_000_000])("breaks a longer line and says so, in chunks of %d bytes", (size) => {
    const line = Buffer.from("abcde🚀é".repeat(30_000));
    const whole = Buffer.concat([line, Buffer.from("\nnext\n")]);
    const chunks: Buffer[] = [];
    for (let at = 0; at < whole.length; at += size) chunks.push(whole.subarray(at, at + size));
    const { lines } = split(chunks);
    expect(lines.at(-1)).toEqual({ text: Buffer.from("next"), continues: false });
    const pieces = lines.slice(0, -1);
    expect(pieces.map(({ continues }) => continues)).toEqual([...pieces.slice(1).map(() => true), false]);
    expect(Buffer.concat(pieces.map(({ text }) => text)).equals(line)).toBe(true);
    for (const { text } of pieces) {
      expect(text.length).toBeLessThanOrEqual(longestLine);
      expect(text.toString()).not.toContain("\ufffd");
    }
  });

  test("does not lose the end of a line that was broken just before", () => {
    for (let length = longestLine - 5; length < longestLine + 10; length += 1) {
      const { lines } = split(["x".repeat(length), "\n", "next\n"]);
      expect(lines.at(-1)!.text.toString()).toBe("next");
      expect(lines.at(-2)!.continues).toBe(false);
      expect(lines.slice(0, -1).reduce((sum, { text }) => sum + text.length, 0)).toBe(length);
    }
  });

  test("hides a secret wherever the chunks are cut", () => {
    const output = "user=me password=hunter2-🔑 done\n";
    const bytes = Buffer.from(output);
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const { texts } = split([bytes.subarray(0, cut), bytes.subarray(cut)], ["hunter2-🔑"]);
      expect(texts()).toEqual(["user=me password=*** done"]);
    }
  });

  test("hides a secret at the place where a long line is broken", () => {
    const secret = "correct-horse-battery-staple";
    for (let before = longestLine - secret.length - 2; before <= longestLine + 2; before += 1) {
      const line = `${"x".repeat(before)}${secret}${"y".repeat(100)}`;
      for (const chunks of [[`${line}\n`], [line.slice(0, longestLine), `${line.slice(longestLine)}\n`]]) {
        const text = split(chunks, [secret]).texts().join("");
        expect(text).toBe(`${"x".repeat(before)}***${"y".repeat(100)}`);
      }
    }
  });

  test("shows of an unfinished line nothing that may become a secret, nor half a character", () => {
    const { splitter } = split(["token=hunt"], ["hunter2"]);
    expect(splitter.peek().toString()).toBe("token=");
    const cut = split([Buffer.from("Pass 🚀").subarray(0, 7)]);
    expect(cut.splitter.peek().toString()).toBe("Pass ");
  });
});
