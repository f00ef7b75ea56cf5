import { orderFromFields, orderToFields, parseOrderRequest } from "@playground/orders";
import type { Order } from "@playground/orders";
import { describe, expect, it } from "vitest";

const order: Order = {
  number: "1001",
  product: "enamel-mug",
  productName: "Enamel mug",
  quantity: 2,
  total: 2800,
  status: "packed",
  acceptedAt: "2026-03-01T12:03:07.120Z",
  packedAt: "2026-03-01T12:03:08.320Z",
  receipt: "c2lnbmVk",
};

describe("parseOrderRequest", () => {
  it.each([1, 2, 20])("takes an order for %i", (quantity) => {
    expect(parseOrderRequest({ product: "enamel-mug", quantity })).toEqual({
      request: { product: "enamel-mug", quantity },
    });
  });

  it("leaves out what it does not know", () => {
    expect(parseOrderRequest({ product: "enamel-mug", quantity: 1, total: 0 }).request).toEqual({
      product: "enamel-mug",
      quantity: 1,
    });
  });

  it.each([undefined, null, "enamel-mug", 3])("refuses %j, which is no order", (input) => {
    expect(parseOrderRequest(input).problem).toBe("An order names a product and a quantity.");
  });

  it.each([undefined, "", "Enamel mug", "../stock", "a".repeat(41), 7])(
    "refuses the product %j",
    (product) => {
      expect(parseOrderRequest({ product, quantity: 1 }).problem).toBe("Choose a product.");
    },
  );

  it.each([undefined, null, "2", 0, -1, 1.5, Number.NaN, Infinity])("refuses the quantity %s", (quantity) => {
    expect(parseOrderRequest({ product: "enamel-mug", quantity }).problem).toBe(
      "The quantity must be a whole number, at least 1.",
    );
  });

  it("says how many are too many", () => {
    expect(parseOrderRequest({ product: "enamel-mug", quantity: 21 }).problem).toBe(
      "We pack at most 20 of one product per order, you asked for 21.",
    );
  });
});

describe("the fields of an order in Redis", () => {
  it("hold all that the order says", () => {
    expect(orderFromFields(orderToFields(order))).toEqual(order);
  });

  it("leave out what has not happened yet", () => {
    const { packedAt: _, ...accepted } = order;
    expect(Object.keys(orderToFields(accepted))).not.toContain("packedAt");
    expect(orderFromFields(orderToFields(accepted))).toEqual(accepted);
  });

  it.each(["number", "product", "productName", "quantity", "total", "status", "acceptedAt", "receipt"])(
    "are no order without %s",
    (field) => {
      const { [field]: _, ...rest } = orderToFields(order);
      expect(orderFromFields(rest)).toBeUndefined();
    },
  );

  it.each([
    ["status", "lost"],
    ["quantity", "two"],
    ["total", "28.5"],
  ])("are no order when %s is %j", (field, value) => {
    expect(orderFromFields({ ...orderToFields(order), [field]: value })).toBeUndefined();
  });

  it("are no order when there are none", () => {
    expect(orderFromFields({})).toBeUndefined();
  });
});
