import { expect, expectTypeOf, it } from "vitest";
import { createPipeline, standardPipeline } from "@dext/resilience";
import type { Outcome } from "@dext/resilience";

it("a pipeline gives the type of the operation, and that of its fallback beside it", async () => {
  const plain = createPipeline().addRetry().build();
  expectTypeOf(plain.execute(() => 1)).toEqualTypeOf<Promise<number>>();
  expectTypeOf(plain.execute(() => Promise.resolve("text"))).toEqualTypeOf<Promise<string>>();

  const typed = standardPipeline<Response>({
    shouldHandle: (outcome) => {
      expectTypeOf(outcome).toEqualTypeOf<Outcome<Response>>();
      return outcome.result?.status === 503;
    },
  });
  expectTypeOf(typed.execute(() => new Response())).toEqualTypeOf<Promise<Response>>();
  // @ts-expect-error a number is no Response
  await expect(typed.execute(() => 1)).resolves.toBe(1);

  const fallback = createPipeline()
    .addFallback({ fallback: () => null })
    .build();
  expectTypeOf(fallback.execute(() => 1)).toEqualTypeOf<Promise<number | null>>();
});
