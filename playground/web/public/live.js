// Follows open orders without a reload. Without this file the page works, and shows news when it is loaded again.
const orders = document.querySelector("#orders");
const news = document.querySelector("#orders-news");

/** Order number → status. */
function statuses() {
  const items = [...orders.querySelectorAll("[data-order]")];
  return new Map(items.map((item) => [item.dataset.order, item.dataset.status]));
}

async function refresh() {
  const response = await fetch("/orders").catch(() => undefined);
  if (!response?.ok) return;
  const before = statuses();
  orders.innerHTML = await response.text();
  const changes = [...statuses()].filter(
    ([number, status]) => before.has(number) && before.get(number) !== status,
  );
  if (changes.length > 0)
    news.textContent = changes.map(([number, status]) => `Order ${number} is ${status}.`).join(" ");
}

const pipeline = document.querySelector("#pipeline");

/** What the pipeline does changes without anybody ordering. A button that is being used is left alone. */
async function refreshPipeline() {
  const response = await fetch("/pipeline").catch(() => undefined);
  if (response?.ok) pipeline.innerHTML = await response.text();
}

const announcement = document.querySelector("#announcement");

async function refreshAnnouncement() {
  const response = await fetch("/announcement").catch(() => undefined);
  const text = response?.ok ? await response.text() : "";
  // While the api starts again, what was announced stays.
  if (text !== "") announcement.innerHTML = text;
}

async function followPipeline() {
  if (!document.hidden && !pipeline.matches(":focus-within")) await refreshPipeline();
  if (!document.hidden) await refreshAnnouncement();
  setTimeout(followPipeline, 1_500);
}

async function follow() {
  const isOpen = orders.querySelector("[data-open]") !== null;
  if (isOpen && !document.hidden) await refresh();
  setTimeout(follow, 700);
}

void follow();
void followPipeline();
