import { expect, it } from "vitest";
import { isPlainValue } from "../../../../../generators/src/apphost/existing/secrets.ts";
import { translate } from "../../../../fixtures/generators/translate-compose.ts";

it.each([
  ["./certs/server.key", true],
  ["../../ca.pem", true],
  ["/certs/ca.crt", true],
  ["/run/secrets/token", true],
  ["false", true],
  ["ca.pem", false],
  ["hunter2", false],
  [`${"/a..".repeat(40)}/key`, false],
])("%s is plain: %s", (text, wanted) => {
  expect(isPlainValue(text)).toBe(wanted);
});

it("a long value without blanks is read like any other", async () => {
  const data = "QUJD".repeat(12_500);
  const { code } = await translate(
    `services: { one: { image: acme/one, environment: { CERTIFICATE: ${data} } } }\n`,
  );
  expect(code).toContain(data);
});
