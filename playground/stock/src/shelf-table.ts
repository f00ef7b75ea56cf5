import type { Movement, Shelf } from "./live-stock.ts";

interface Row {
  row: HTMLTableRowElement;
  meter: HTMLMeterElement;
  count: HTMLTableCellElement;
  shelf: Shelf;
}

export interface ShelfTable {
  show(shelves: readonly Shelf[]): void;
  /** Changes one shelf; gives its product's name, `undefined` for one that is not shown. */
  change(movement: Movement): string | undefined;
}

export function createShelfTable(body: HTMLTableSectionElement): ShelfTable {
  const rows = new Map<string, Row>();
  return {
    show(shelves) {
      const fullest = Math.max(1, ...shelves.map(({ available }) => available));
      rows.clear();
      for (const shelf of shelves) rows.set(shelf.code, createRow(shelf, fullest));
      body.replaceChildren(...[...rows.values()].map(({ row }) => row));
    },
    change({ product, available, change }) {
      const row = rows.get(product);
      if (!row) return undefined;
      fill(row, available);
      row.row.dataset["change"] = change < 0 ? "taken" : "filled";
      row.row.getAnimations({ subtree: true }).forEach((animation) => {
        animation.cancel();
        animation.play();
      });
      return row.shelf.name;
    },
  };
}

function createRow(shelf: Shelf, fullest: number): Row {
  const row = document.createElement("tr");
  const name = document.createElement("th");
  name.scope = "row";
  name.textContent = shelf.name;
  const meter = document.createElement("meter");
  meter.max = fullest;
  meter.setAttribute("aria-label", `Level of ${shelf.name}`);
  const level = document.createElement("td");
  level.className = "level-column";
  level.append(meter);
  const count = document.createElement("td");
  count.className = "number";
  row.append(name, level, count);
  const parts = { row, meter, count, shelf };
  fill(parts, shelf.available);
  return parts;
}

function fill({ row, meter, count }: Row, available: number): void {
  meter.value = available;
  count.textContent = available === 0 ? "Sold out" : String(available);
  row.dataset["level"] = available === 0 ? "none" : available <= 5 ? "few" : "fine";
}
