import { describe, expect, it } from "vitest";
import { cutShare, passagesRead } from "../../src/domain/toolCall.ts";
import { passage } from "../protocol/passages.ts";

const flu = passage("flu", "flu first rest second tea", 9);
const known = new Map([["flu", flu]]);
const showing = (...passages: readonly { readonly id: string; readonly text?: string }[]) => ({
  payload: { passages: passages.map((one) => ({ level: null, ...one })) },
});

describe("passages that calls showed", () => {
  it("are read as far as they were shown", () => {
    expect(passagesRead([showing({ id: "flu" })], known)).toEqual([flu]);
    expect(passagesRead([showing({ id: "flu", text: "flu first" })], known)).toEqual([{ ...flu, text: "flu first" }]);
  });

  it("are read as far as the longest piece goes, where they were shown more than once", () => {
    const pieces = ["flu", "flu first rest", "flu first"].map((text) => showing({ id: "flu", text }));
    expect(passagesRead(pieces, known)).toEqual([{ ...flu, text: "flu first rest" }]);
    expect(passagesRead([...pieces, showing({ id: "flu" })], known)).toEqual([flu]);
    expect(passagesRead([showing({ id: "flu" }), ...pieces], known)).toEqual([flu]);
  });

  it("are not read where nothing of them was shown, or where the corpus does not have them", () => {
    expect(passagesRead([showing({ id: "flu", text: "" }, { id: "other" })], known)).toEqual([]);
  });

  it("are cut in so many cases of all, and in no share of none", () => {
    expect(cutShare([showing({ id: "flu", text: "flu" }, { id: "flu" }), showing({ id: "flu" })])).toBeCloseTo(1 / 3);
    expect(cutShare([showing()])).toBeNull();
    expect(cutShare([{ payload: { value: 3 } }])).toBeNull();
  });
});
