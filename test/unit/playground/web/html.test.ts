import { describe, expect, it } from "vitest";
import { html } from "../../../../playground/web/src/html.ts";
import { orderList } from "../../../../playground/web/src/order-list.ts";

describe("html", () => {
  it("escapes text, in attributes too", () => {
    const hostile = `"><script>alert('&')</script>`;
    expect(html`<p title="${hostile}">${hostile}</p>`.toString()).toBe(
      `<p title="${escaped}">${escaped}</p>`,
    );
  });

  it("keeps markup that was made by itself", () => {
    const items = ["a", "<b>"].map((item) => html`<i>${item}</i>`);
    expect(html`<b>${items}</b>`.toString()).toBe("<b><i>a</i><i>&#60;b&#62;</i></b>");
  });

  it("leaves out what is false or not there, but not zero", () => {
    expect(html`${false}${undefined}${0}${""}`.toString()).toBe("0");
  });
});

describe("the list of orders", () => {
  const order = {
    number: "1001",
    product: "enamel-mug",
    productName: "Mug & <saucer>",
    quantity: 2,
    total: 2800,
    acceptedAt: "2026-03-01T12:03:07.120Z",
    receipt: "c2lnbmVk",
  };

  it("marks orders that still change", () => {
    const statuses = ["accepted", "packed", "shipped", "rejected"] as const;
    const open = statuses.filter((status) =>
      orderList([{ ...order, status }])
        .toString()
        .includes("data-open"),
    );
    expect(open).toEqual(["accepted", "packed"]);
  });

  it("shows names as text", () => {
    expect(orderList([{ ...order, status: "accepted" }]).toString()).toContain("Mug &#38; &#60;saucer&#62;");
  });

  it("tells an empty book from one that cannot be read", () => {
    expect(orderList([]).toString()).toContain("Nothing ordered yet");
    expect(orderList(undefined).toString()).toContain("cannot be read");
  });
});

const escaped = "&#34;&#62;&#60;script&#62;alert(&#39;&#38;&#39;)&#60;/script&#62;";
