import type { Order, StockedProduct } from "@playground/orders";
import { html } from "./html.ts";
import type { Html } from "./html.ts";
import { money } from "./money.ts";
import { orderList } from "./order-list.ts";
import { productCard } from "./product-card.ts";

/** An order that was not taken, so that the form can show what was typed and what is wrong with it. */
export interface Attempt {
  product: string;
  quantity: string;
  status: number;
  message: string;
}

interface ShopPage {
  /** `undefined`: the api did not answer. */
  products: readonly StockedProduct[] | undefined;
  orders: readonly Order[] | undefined;
  /** What the inventory is made to do, and what the pipeline does about it. */
  panel: Html;
  announcement: Html;
  stockUrl: string | undefined;
  /** The number of the order that was just placed. */
  placed: string | undefined;
  attempt: Attempt | undefined;
}

export function shopPage({
  products,
  orders,
  panel,
  announcement,
  stockUrl,
  placed,
  attempt,
}: ShopPage): Html {
  const order = placed && orders?.find(({ number }) => number === placed);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>Harbour Goods</title>
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/style.css" />
        <script type="module" src="/live.js"></script>
      </head>
      <body>
        <a class="skip" href="#products">Skip to the products</a>
        <header class="masthead">
          <div class="bar">
            <a class="brand" href="/"
              ><img src="/favicon.svg" alt="" width="28" height="28" />Harbour Goods</a
            >
            ${stockUrl !== undefined && html`<a class="quiet-link" href="${stockUrl}">Live stock</a>`}
          </div>
        </header>
        <main>
          <div class="notices">
            <div id="announcement">${announcement}</div>
            ${order && placedNotice(order)} ${attempt && notice("problem", attempt.message)}
            ${!products && notice("problem", "Our order desk does not answer at the moment. Please come back shortly.")}
          </div>
          <section class="products" id="products" aria-labelledby="products-title" tabindex="-1">
            <h1 id="products-title">Things that last</h1>
            <p class="lead">Six of them. Ordered here, packed in the back, shipped the same minute.</p>
            ${products && productGrid(products, attempt)}
          </section>
          <section class="orders" aria-labelledby="orders-title">
            <h2 id="orders-title">Recent orders</h2>
            <div id="orders">${orderList(orders)}</div>
            <p class="visually-hidden" id="orders-news" role="status"></p>
          </section>
          <section class="pipeline" aria-labelledby="pipeline-title">
            <h2 id="pipeline-title">When the inventory has a bad day</h2>
            <div id="pipeline">${panel}</div>
          </section>
        </main>
      </body>
    </html> `;
}

function productGrid(products: readonly StockedProduct[], attempt: Attempt | undefined): Html {
  if (products.length === 0) {
    return html`<p class="empty">
      The catalogue is empty. Start the resource <code>seed</code> to fill it.
    </p>`;
  }
  return html`<ul class="grid" role="list">
    ${products.map((product) => productCard(product, attempt?.product === product.code ? attempt : undefined))}
  </ul>`;
}

function placedNotice({ number, quantity, productName, total }: Order): Html {
  return notice(
    "good",
    `Thank you. Order ${number}, ${quantity} × ${productName} for ${money(total)}, is with our packers.`,
  );
}

function notice(kind: "good" | "problem", text: string): Html {
  return html`<p class="notice ${kind}" role="${kind === "good" ? "status" : "alert"}">${text}</p>`;
}
