import type { StockedProduct } from "@playground/orders";
import { html } from "./html.ts";
import type { Html } from "./html.ts";
import { money } from "./money.ts";
import { productIcon } from "./product-icon.ts";
import type { Attempt } from "./shop-page.ts";

/** From so many on the stock is worth a warning. */
const few = 5;

/** A product with its order form; `attempt` is an order for it that was refused. */
export function productCard(product: StockedProduct, attempt: Attempt | undefined): Html {
  const { code, name, description, price, available } = product;
  return html`<li class="card" data-product="${code}">
    <div class="picture">${productIcon(code)}</div>
    <div class="about">
      <h2>${name}</h2>
      <p class="description">${description}</p>
    </div>
    <p class="price">${money(price)}</p>
    ${stockLine(available)}
    <form class="order" method="post" action="/orders">
      <input type="hidden" name="product" value="${code}" />
      ${quantityField(product, attempt)}
      <button type="submit" ${available === 0 ? html`disabled` : ""}>
        ${available === 0 ? "Sold out" : "Order"}<span class="visually-hidden"> ${name}</span>
      </button>
    </form>
  </li>`;
}

function stockLine(available: number | null): Html {
  if (available === null) return html`<p class="stock unknown">Stock unknown</p>`;
  if (available === 0) return html`<p class="stock none">Sold out</p>`;
  if (available <= few) return html`<p class="stock few">Only ${available} left</p>`;
  return html`<p class="stock">${available} in stock</p>`;
}

function quantityField({ code, name, available }: StockedProduct, attempt: Attempt | undefined): Html {
  if (available === 0) return html``;
  const id = `quantity-${code}`;
  return html`<label class="visually-hidden" for="${id}">Quantity of ${name}</label>
    <input
      class="quantity"
      id="${id}"
      name="quantity"
      type="number"
      inputmode="numeric"
      min="1"
      max="20"
      required
      value="${attempt?.quantity ?? 1}"
      ${attempt && html`aria-invalid="true" aria-describedby="problem-${code}" autofocus`}
    />
    ${attempt && html`<p class="problem" id="problem-${code}">${attempt.message}</p>`}`;
}
