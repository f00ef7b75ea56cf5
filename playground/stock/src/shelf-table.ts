import type { Movement, Shelf } from "./live-stock.ts";

interface Row {
  row: HTMLTableRowElement;
  level: HTMLElement;
  count: HTMLTableCellElement;
  shelf: Shelf;
  /** What a full bar stands for. */
  fullest: number;
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
  const level = document.createElement("div");
  level.className = "level";
  level.role = "meter";
  level.ariaLabel = `Level of ${shelf.name}`;
  level.ariaValueMax = String(fullest);
  const cell = document.createElement("td");
  cell.className = "level-column";
  cell.append(level);
  const count = document.createElement("td");
  count.className = "number";
  row.append(name, cell, count);
  const parts = { row, level, count, shelf, fullest };
  fill(parts, shelf.available);
  return parts;
}

function fill({ row, level, count, fullest }: Row, available: number): void {
  level.ariaValueNow = String(available);
  level.style.setProperty("--share", String(Math.min(1, available / fullest)));
  count.textContent = available === 0 ? "Sold out" : String(available);
  row.dataset["level"] = available === 0 ? "none" : available <= 5 ? "few" : "fine";
}
