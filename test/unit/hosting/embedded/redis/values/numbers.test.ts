import { describe, expect, test } from "vitest";

import { addDecimals } from "../../../../../../hosting/src/embedded/redis/values/decimals.ts";
import {
  formatDouble,
  formatPlain,
  formatSignificant,
  parseDouble,
} from "../../../../../../hosting/src/embedded/redis/values/doubles.ts";
import { addIntegers, parseInteger } from "../../../../../../hosting/src/embedded/redis/values/integers.ts";

describe("integers", () => {
  test.each([
    ["0", 0],
    ["-1", -1],
    ["9007199254740991", 9007199254740991],
    ["9007199254740993", 9007199254740993n],
    ["9223372036854775807", 9223372036854775807n],
    ["-9223372036854775808", -9223372036854775808n],
  ])("%s is one", (text, value) => {
    expect(parseInteger(text)).toBe(value);
  });

  test.each([
    "",
    "-",
    "+1",
    "01",
    "-0",
    " 1",
    "1 ",
    "1.0",
    "1e3",
    "0x1",
    "9223372036854775808",
    "-9223372036854775809",
  ])("%j is none", (text) => {
    expect(parseInteger(text)).toBeUndefined();
  });

  test("do not overflow silently", () => {
    expect(addIntegers(9007199254740991, 1)).toBe(9007199254740992n);
    expect(addIntegers(9223372036854775807n, 1)).toBeUndefined();
    expect(addIntegers(9223372036854775807n, -1)).toBe(9223372036854775806n);
  });
});

describe("doubles", () => {
  test.each([
    [0.1, "0.10000000000000001"],
    [1.5, "1.5"],
    [-3, "-3"],
    [1e17, "1e+17"],
    [123456789012345680, "1.2345678901234568e+17"],
    [1e-5, "1.0000000000000001e-05"],
    [0.0001, "0.0001"],
    [1e300, "1.0000000000000001e+300"],
    [Infinity, "inf"],
    [Number.NaN, "nan"],
  ])("%d is written as C writes it", (value, text) => {
    expect(formatDouble(value)).toBe(text);
  });

  test("a number halfway between two texts goes to the even one", () => {
    expect(formatSignificant(123456789012345, 14)).toBe("1.2345678901234e+14");
    expect(formatSignificant(123456789012355, 14)).toBe("1.2345678901236e+14");
  });

  test.each([
    ["1", 1],
    ["-.5", -0.5],
    ["1e3", 1000],
    ["+inf", Infinity],
    ["-INFINITY", -Infinity],
    ["0x1f", 31],
    ["nan", undefined],
    ["", undefined],
    [" 1", undefined],
    ["1x", undefined],
  ])("%j is read", (text, value) => {
    expect(parseDouble(text)).toBe(value);
  });

  test("can be written without an exponent", () => {
    expect(formatPlain(1e21)).toBe("1000000000000000000000");
    expect(formatPlain(0.5)).toBe("0.5");
  });
});

describe("decimals", () => {
  test.each([
    ["0.1", "0.2", "0.3"],
    ["10.50", "0.1", "10.6"],
    ["5.0e3", "2.0e2", "5200"],
    ["-1.5", "1.5", "0"],
    ["1", "1e-18", "1"],
    ["-0.25", "0.125", "-0.125"],
  ])("%s + %s = %s", (left, right, sum) => {
    expect(addDecimals(left, right)).toBe(sum);
  });

  test("are nothing else", () => {
    expect(addDecimals("inf", "1")).toBeUndefined();
    expect(addDecimals("1", "1e999")).toBeUndefined();
  });
});
