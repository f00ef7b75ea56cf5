import { createConsoleLogger } from "@dext/service";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const lines: string[] = [];
beforeEach(() => {
  lines.length = 0;
  for (const method of ["debug", "info", "warn", "error"] as const) {
    vi.spyOn(console, method).mockImplementation((line: string) => void lines.push(line));
  }
});
afterEach(() => vi.restoreAllMocks());

describe("lines on the console", () => {
  it("are for a person as text", () => {
    createConsoleLogger().info("api listens", { port: 80, tags: ["a"] });
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d info {2}api listens port=80 tags=\["a"\]$/);
  });

  it("show an error with its causes", () => {
    createConsoleLogger().error("failed", { error: new Error("outer", { cause: new Error("inner") }) });
    expect(lines[0]).toMatch(/failed\nError: outer\n[^]*because of Error: inner\n/);
  });

  it("are for a program as JSON", () => {
    const itself: Record<string, unknown> = {};
    itself["itself"] = itself;
    const logger = createConsoleLogger({ format: "json" });
    logger.warn("slow", { ms: 5, big: 1n, error: new Error("no") });
    logger.error("round", itself);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ level: "warn", msg: "slow", ms: 5, big: "1" });
    expect((JSON.parse(lines[0] ?? "") as { error: string }).error).toContain("Error: no");
    expect(JSON.parse(lines[1] ?? "")).toMatchObject({ level: "error", msg: "round" });
  });
});
