import { describe, expect, it } from "vitest";
import { memoize, memoizeByObject } from "../../src/caching/memoize.ts";

describe("memoize", () => {
  it("computes each text's value once, null included, and fills anew when it is full", () => {
    const computed: string[] = [];
    const lengthOf = memoize((text) => {
      computed.push(text);
      return text === "" ? null : text.length;
    }, 2);
    expect(["a", "", "a", ""].map(lengthOf)).toEqual([1, null, 1, null]);
    expect(computed).toEqual(["a", ""]);
    expect(["bb", "a"].map(lengthOf)).toEqual([2, 1]);
    expect(computed).toEqual(["a", "", "bb", "a"]);
  });
});

describe("memoizeByObject", () => {
  it("goes by identity: equal objects are computed apart", () => {
    let times = 0;
    const count = memoizeByObject((list: readonly number[]) => {
      times++;
      return list.length;
    });
    const list = [1, 2];
    expect([count(list), count(list), count([1, 2])]).toEqual([2, 2, 2]);
    expect(times).toBe(2);
  });
});
