/** A product and how many of it are on the shelf. */
export interface Shelf {
  code: string;
  name: string;
  available: number;
}

/** A shelf that has changed. */
export interface Movement {
  product: string;
  available: number;
  /** Pieces put on the shelf, negative when they were taken. */
  change: number;
}

export interface StockListener {
  onShelves(shelves: readonly Shelf[]): void;
  onMovement(movement: Movement): void;
  /** Whether what is shown is up to date. */
  onConnection(isLive: boolean): void;
}

/** Follows the stock, and connects again for as long as the page is open. */
export function followStock(listener: StockListener): void {
  const source = new EventSource("/api/stock/live");
  source.addEventListener("shelves", ({ data }: MessageEvent<string>) => {
    listener.onConnection(true);
    listener.onShelves(JSON.parse(data) as Shelf[]);
  });
  source.addEventListener("shelf", ({ data }: MessageEvent<string>) => {
    listener.onMovement(JSON.parse(data) as Movement);
  });
  source.addEventListener("error", () => {
    listener.onConnection(false);
    // A browser gives up for good when the answer is an error, and takes its time when the line breaks.
    source.close();
    setTimeout(() => followStock(listener), 1_000);
  });
}
