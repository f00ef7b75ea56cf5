import { Buffer } from "node:buffer";
import { describe, expect, test } from "vitest";
import { SecretMask } from "../../../../hosting/src/logs/secret-mask.ts";

function hide(text: string, ...secrets: string[]): string {
  const mask = new SecretMask();
  for (const secret of secrets) mask.add(secret);
  return mask.apply(Buffer.from(text)).toString();
}

describe("SecretMask", () => {
  test("gives back the same bytes when there is nothing to hide", () => {
    const bytes = Buffer.from("nothing here");
    const mask = new SecretMask();
    expect(mask.apply(bytes)).toBe(bytes);
    mask.add("hunter2");
    expect(mask.apply(bytes)).toBe(bytes);
  });

  test("hides every occurrence of every secret", () => {
    expect(hide("a hunter2 b s3cr3t-long c hunter2", "hunter2", "s3cr3t-long")).toBe("a *** b *** c ***");
    expect(hide("hunter2hunter2", "hunter2")).toBe("******");
    expect(hide("hunter2", "hunter2")).toBe("***");
  });

  test("hides secrets that begin alike, contain each other or overlap", () => {
    expect(hide("pass password passphrase", "pass", "password", "passphrase")).toBe("*** *** ***");
    expect(hide("xxabcdefyy", "abcd", "cdef")).toBe("xx***yy");
    expect(hide("aaaaaaaa", "aaaa")).toBe("***");
  });

  test("ignores values of fewer than four bytes", () => {
    expect(hide("dev 1 abc", "dev", "1", "", "abc")).toBe("dev 1 abc");
  });

  test("hides each line of a value of several lines", () => {
    expect(hide("line MIIEvQIBADAN x", "-----BEGIN KEY-----\nMIIEvQIBADAN\n-----END KEY-----\n")).toBe(
      "line *** x",
    );
  });

  test("hides a value as it stands in JSON text and in URLs", () => {
    const secret = 'p@ss"w/rd ü';
    expect(hide(JSON.stringify({ password: secret }), secret)).toBe('{"password":"***"}');
    expect(hide(`redis://:${encodeURIComponent(secret)}@host`, secret)).toBe("redis://:***@host");
  });

  test("hides long values", () => {
    const secret = "0123456789abcdef".repeat(600).slice(0, 9001);
    const hidden = hide(`<${secret}>`, secret);
    expect(hidden.replaceAll("*", "")).toBe("<>");
  });

  test("finds the same as a plain search, in random text", () => {
    let state = 42;
    const random = (below: number): number => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return state % below;
    };
    const word = (length: number): string => Array.from({ length }, () => "ab"[random(2)]).join("");
    for (let round = 0; round < 300; round += 1) {
      const secrets = Array.from({ length: 1 + random(4) }, () => word(4 + random(8)));
      const text = word(200);
      const covered = new Set<number>();
      for (const secret of secrets) {
        for (let at = text.indexOf(secret); at !== -1; at = text.indexOf(secret, at + 1)) {
          for (let index = at; index < at + secret.length; index += 1) covered.add(index);
        }
      }
      const kept = text
        .split("")
        .filter((_, index) => !covered.has(index))
        .join("");
      expect(hide(text, ...secrets).replaceAll("*", "")).toBe(kept);
    }
  });
});
