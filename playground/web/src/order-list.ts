import type { Order, OrderStatus } from "@playground/orders";
import { html } from "./html.ts";
import type { Html } from "./html.ts";
import { money } from "./money.ts";

const steps: readonly OrderStatus[] = ["accepted", "packed", "shipped"];

/** The newest orders and how far they are; `undefined`: they could not be read. */
export function orderList(orders: readonly Order[] | undefined): Html {
  if (!orders) return html`<p class="empty">The orders cannot be read at the moment.</p>`;
  if (orders.length === 0) return html`<p class="empty">Nothing ordered yet. Be the first.</p>`;
  return html`<ol class="order-list" role="list">
    ${orders.map(orderItem)}
  </ol>`;
}

function orderItem(order: Order): Html {
  const { number, quantity, productName, total, status } = order;
  const reached = steps.indexOf(status);
  const isOpen = status === "accepted" || status === "packed";
  return html`<li
    class="order-item"
    data-order="${number}"
    data-status="${status}"
    ${isOpen && html`data-open`}
  >
    <p class="what">${quantity} × ${productName}</p>
    <p class="status">${status}</p>
    <p class="details">No. ${number} · ${money(total)} · ${clock(order)}</p>
    <div class="steps" aria-hidden="true">
      ${steps.map((_, index) => html`<i class="${index <= reached ? "done" : ""}"></i>`)}
    </div>
  </li>`;
}

/** When the order reached the state that it is in. */
function clock({ acceptedAt, packedAt, shippedAt }: Order): Html {
  const moment = shippedAt ?? packedAt ?? acceptedAt;
  return html`<time datetime="${moment}">${new Date(moment).toTimeString().slice(0, 5)}</time>`;
}
