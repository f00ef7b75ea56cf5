import { expect, it } from "vitest";
import { redactUrl } from "../../../service/src/redact-url.ts";

it.each([
  ["http://api/users?page=2", "http://api/users?page=2"],
  ["http://user:hunter2@api/", "http://***@api/"],
  ["http://user:p@ss@api/", "http://***@api/"],
  ["https://token@api/a@b", "https://***@api/a@b"],
  ["http://api/a?token=1&page=2&api_key=3", "http://api/a?token=***&page=2&api_key=***"],
  ["http://api/a?access%5Ftoken=1#x", "http://api/a?access%5Ftoken=***#x"],
  [
    "http://api/a?X-Amz-Signature=1&sig=2&password=3",
    "http://api/a?X-Amz-Signature=***&sig=***&password=***",
  ],
  ["http://api/a?%zz=1", "http://api/a?%zz=1"],
  ["redis://:hunter2@cache:6379", "redis://***@cache:6379"],
  ["no url", "no url"],
])("%s is shown as %s", (url, shown) => {
  expect(redactUrl(url)).toBe(shown);
});
