import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { foldText } from "../../src/domain/text/fold.ts";
import { unspacedPairs, wordRuns } from "../../src/domain/text/unspaced.ts";

describe("folding", () => {
  test.each([
    ["ＭＲＩ（３．０Ｔ）", "MRI(3.0T)"],
    ["心肌梗塞的診斷與治療", "心肌梗塞的诊断与治疗"],
    ["Ⅱ型，37℃，5㎎，2µg", "II型,37°C,5mg,2μg"],
    ["e\u0301tiologie de la ﬁbrose", "\u00e9tiologie de la fibrose"],
    ["⼼脏 ｶﾞﾝ", "心脏 ガン"],
  ])("%s is spelt %s", (text, folded) => expect(foldText(text)).toBe(folded));

  test.each(["10⁹/L", "½ tablet", "H₂O", "Aspirin 3.5 mg", "m²", "①", "糖尿病。"])(
    "%s stays, since its signs carry a value or already are so",
    (text) => expect(foldText(text)).toBe(text),
  );

  test("a second time changes nothing", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...Array.from("aé\u0301\u0344ﬁＡ，薴苧⼼ｶﾞ㎎Ⅳ9⁹\uD800")) }),
        (text) => {
          expect(foldText(foldText(text))).toBe(foldText(text));
        },
      ),
    );
  });
});

describe("words of scripts without blanks", () => {
  test("are runs, apart from letters and digits beside them", () =>
    expect(wordRuns("用rt-PA溶栓，β受体x5.")).toEqual(["用", "rt", "PA", "溶栓", "β", "受体", "x5"]));
  test("are compared by pairs of neighbours; one alone stands for itself", () => {
    expect(unspacedPairs("肺炎球菌")).toEqual(["肺炎", "炎球", "球菌"]);
    expect(unspacedPairs("癌")).toEqual(["癌"]);
    expect(unspacedPairs("𠮷野家")).toEqual(["𠮷野", "野家"]);
  });
});
