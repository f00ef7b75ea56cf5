export { orderFromFields, orderToFields, parseOrderRequest } from "./order.ts";
export type { Order, OrderRequest, OrderStatus, Product, StockedProduct } from "./order.ts";
export { isGenuine, signReceipt } from "./receipt.ts";
export { keys } from "./keys.ts";
