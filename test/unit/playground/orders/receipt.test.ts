import { isGenuine, signReceipt } from "@playground/orders";
import { describe, expect, it } from "vitest";

const content = {
  number: "1001",
  product: "enamel-mug",
  quantity: 2,
  total: 2800,
  acceptedAt: "2026-03-01T12:03:07.120Z",
};
const key = "a key of the shop";
const signed = { ...content, receipt: signReceipt(content, key) };

describe("a receipt", () => {
  it("is genuine when it was signed with the same key", () => {
    expect(isGenuine(signed, key)).toBe(true);
  });

  it("is not genuine under another key", () => {
    expect(isGenuine(signed, "another key")).toBe(false);
  });

  it.each([
    { number: "1002" },
    { product: "brass-pen" },
    { quantity: 3 },
    { total: 1 },
    { acceptedAt: "2026-03-01T12:03:08.120Z" },
  ])("is not genuine once the order says %j", (change) => {
    expect(isGenuine({ ...signed, ...change }, key)).toBe(false);
  });

  it.each(["", "x", signed.receipt.slice(0, -1), `${signed.receipt}A`, "é".repeat(43)])(
    "is not genuine when it is %j",
    (receipt) => {
      expect(isGenuine({ ...signed, receipt }, key)).toBe(false);
    },
  );

  it("tells apart orders whose fields run together to the same text", () => {
    const one = signReceipt({ ...content, number: "100", product: "1-mug" }, key);
    const other = signReceipt({ ...content, number: "1001", product: "-mug" }, key);
    expect(one).not.toBe(other);
  });
});
