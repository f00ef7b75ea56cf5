import type { Product } from "@playground/orders";

/** What the shop sells, and how many pieces it opens with. */
export const products: readonly (Product & { pieces: number })[] = [
  {
    code: "enamel-mug",
    name: "Enamel mug",
    description: "Holds 350 ml, survives the drop from a tailgate.",
    price: 14_00,
    pieces: 40,
  },
  {
    code: "field-notebook",
    name: "Field notebook",
    description: "48 dotted pages behind a waxed cover.",
    price: 9_50,
    pieces: 60,
  },
  {
    code: "brass-pen",
    name: "Brass pen",
    description: "Turned from one bar. Gets better looking with use.",
    price: 38_00,
    pieces: 12,
  },
  {
    code: "storm-lantern",
    name: "Storm lantern",
    description: "Burns for twenty hours and minds no wind.",
    price: 46_00,
    pieces: 9,
  },
  {
    code: "wool-blanket",
    name: "Wool blanket",
    description: "Woven heavy, 130 × 180 cm, for cold verandas.",
    price: 89_00,
    pieces: 5,
  },
  {
    code: "canvas-bag",
    name: "Canvas bag",
    description: "Carries a week of groceries, folds to nothing.",
    price: 24_00,
    pieces: 25,
  },
];
