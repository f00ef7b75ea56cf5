import { followStock } from "./live-stock.ts";
import type { Movement } from "./live-stock.ts";
import { createShelfTable } from "./shelf-table.ts";

/** How many movements stay on the page. */
const shown = 12;

const connection = element("connection", HTMLElement);
const movements = element("movements", HTMLOListElement);
const table = createShelfTable(element("shelves", HTMLTableSectionElement));

followStock({
  onShelves: (shelves) => table.show(shelves),
  onMovement(movement) {
    const name = table.change(movement);
    if (name) addMovement(name, movement);
  },
  onConnection(isLive) {
    connection.dataset["state"] = isLive ? "live" : "lost";
    connection.textContent = isLive ? "Live" : "Connection lost, trying again …";
  },
});

function addMovement(name: string, { change, available }: Movement): void {
  const item = document.createElement("li");
  const what = document.createElement("span");
  what.textContent = change < 0 ? `${-change} × ${name} taken` : `${change} × ${name} put on the shelf`;
  const left = document.createElement("span");
  left.className = "left";
  left.textContent = `${available} left`;
  item.append(what, left);
  movements.prepend(item);
  while (movements.children.length > shown) movements.lastElementChild?.remove();
  element("still", HTMLElement).hidden = true;
}

function element<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.querySelector(`#${id}`);
  if (!(found instanceof type)) throw new Error(`The page has no ${type.name} "${id}"`);
  return found;
}
