/** Where things are kept in Redis. The hash `stock` belongs to the inventory alone. */
export const keys = {
  /** Hash: product code → product as JSON. */
  catalogue: "catalogue",
  /** Counter: the number of the newest order. */
  orderNumber: "order:number",
  /** Hash of one order. */
  order: (number: string): string => `order:${number}`,
  /** List: numbers of orders, newest first. */
  recentOrders: "orders:recent",
  /** Stream: what the worker has to pack. */
  orderStream: "orders",
  /** Channel: told by the inventory when a shelf changes. */
  stockChannel: "stock",
} as const;
