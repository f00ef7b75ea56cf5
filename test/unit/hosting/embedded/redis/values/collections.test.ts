import { describe, expect, test } from "vitest";

import { Deque } from "../../../../../../hosting/src/embedded/redis/values/deque.ts";
import { IndexedMap } from "../../../../../../hosting/src/embedded/redis/values/indexed-map.ts";
import { SortedList } from "../../../../../../hosting/src/embedded/redis/values/sorted-list.ts";

/** Numbers that look random and are the same in every run. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe("a deque", () => {
  test("does what an array does, whatever is done to it", () => {
    const random = createRandom(1);
    const deque = new Deque<number>();
    const array: number[] = [];
    const actions: ((step: number) => [unknown, unknown])[] = [
      (step) => [deque.push(step), void array.push(step)],
      (step) => [deque.unshift(step), void array.unshift(step)],
      (step) => [deque.push(step), void array.push(step)],
      () => [deque.pop(), array.pop()],
      () => [deque.shift(), array.shift()],
      (step) => {
        const at = Math.floor(random() * (array.length + 1));
        return [deque.insert(at, step), void array.splice(at, 0, step)];
      },
      () => {
        const at = Math.floor(random() * (array.length + 2)) - 1;
        return [deque.at(at), at < 0 ? undefined : array[at]];
      },
    ];
    for (let step = 0; step < 10_000; step++) {
      const action = actions[Math.floor(random() * actions.length)] as (step: number) => [unknown, unknown];
      const [actual, expected] = action(step);
      expect(actual).toBe(expected);
      expect(deque.length).toBe(array.length);
    }
    expect(deque.slice()).toEqual(array);
    expect([...deque]).toEqual(array);
    expect(deque.slice(5, 50)).toEqual(array.slice(5, 50));
    deque.filter((item) => item % 3 === 0);
    expect(deque.slice()).toEqual(array.filter((item) => item % 3 === 0));
  });
});

describe("a sorted list", () => {
  test("keeps its order through many insertions and removals", () => {
    const random = createRandom(2);
    const list = new SortedList<number>((left, right) => left - right);
    const kept = new Set<number>();
    for (let step = 0; step < 30_000; step++) {
      const item = Math.floor(random() * 5000);
      const isKnown = kept.delete(item);
      expect(list.remove(item)).toBe(isKnown ? item : undefined);
      if (isKnown) continue;
      list.insert(item);
      kept.add(item);
    }
    const sorted = [...kept].toSorted((left, right) => left - right);
    expect([...list]).toEqual(sorted);
    expect(list.length).toBe(sorted.length);
    expect(list.slice(100, 200)).toEqual(sorted.slice(100, 200));
    expect(list.at(700)).toBe(sorted[700]);
    const limit = sorted[1234] as number;
    expect(list.countWhile((item) => item < limit)).toBe(1234);
    expect(list.find(limit)).toBe(limit);
    expect(list.remove(-1)).toBeUndefined();
  });
});

describe("an indexed map", () => {
  test("a scan finds whatever stays, while other keys come and go", () => {
    const random = createRandom(3);
    for (let round = 0; round < 50; round++) {
      const map = new IndexedMap<number>();
      for (let index = 0; index < 300; index++) map.set(`stay-${index}`, index);
      for (let index = 0; index < 300; index++) map.set(`go-${index}`, index);
      const found = new Set<string>();
      let cursor = 0;
      let made = 0;
      do {
        const page = map.scan(cursor, 1 + Math.floor(random() * 20));
        for (const key of page.keys) found.add(key);
        cursor = page.cursor;
        for (let change = 0; change < 10; change++) map.delete(`go-${Math.floor(random() * 300)}`);
        for (let change = 0; change < Math.floor(random() * 12); change++) map.set(`new-${made++}`, 0);
      } while (cursor !== 0);
      for (let index = 0; index < 300; index++) expect(found.has(`stay-${index}`)).toBe(true);
    }
  });

  test("gives every key a chance", () => {
    const random = createRandom(4);
    const map = new IndexedMap<true>();
    expect(map.randomKey(random)).toBeUndefined();
    for (let index = 0; index < 10; index++) map.set(String(index), true);
    map.delete("3");
    const seen = new Set(Array.from({ length: 500 }, () => map.randomKey(random)));
    expect(seen.size).toBe(9);
  });
});
