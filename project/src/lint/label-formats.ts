import { valid } from "semver";
import type { LabelFormat } from "./lint-options.ts";

/** Whether a label's value is what it has to be. */
export const labelFormats: Readonly<Record<LabelFormat, (value: string) => boolean>> = {
  text: () => true,
  url: (value) => URL.canParse(value),
  semver: (value) => valid(value) === value.replace(/\+.*$/, ""),
  hash: (value) => /^(?:[0-9a-f]{7}|[0-9a-f]{40})$/.test(value),
  rfc3339: isTime,
  // The form only: the list of licences grows with every release of SPDX.
  spdx: (value) => /^\(*[A-Za-z0-9.-]+\+?\)*(?: (?:AND|OR|WITH) \(*[A-Za-z0-9.-]+\+?\)*)*$/.test(value),
  email: (value) => /^[^\s@<>()]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*$/.test(value),
};

function isTime(value: string): boolean {
  const form = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/;
  return form.test(value) && !Number.isNaN(Date.parse(value.replace(" ", "T")));
}
