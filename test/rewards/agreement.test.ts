import { describe, expect, it } from "vitest";
import { logical } from "../../src/rewards/logical.ts";
import { reasoning } from "../../src/rewards/reasoning.ts";
import { semantic } from "../../src/rewards/semantic.ts";
import { statistical } from "../../src/rewards/statistical.ts";
import { referenceOf, subjectOf } from "./subjects.ts";

const values = (subject: ReturnType<typeof subjectOf>) =>
  [logical, statistical, semantic, reasoning].map((reward) => reward.score(subject));

describe("agreement of thinking with a reference", () => {
  it("is the mean of paths, entities and meaning", () => {
    const subject = subjectOf({ states: "a r b; b r c", references: [referenceOf("a r b; b r d", 0.5)] });
    expect(values(subject)).toEqual([1 / 3, 2 / 4, 0.5, (1 / 3 + 1 / 2 + 1 / 2) / 3]);
  });

  it("takes the reference that agrees best, whole", () => {
    const subject = subjectOf({ states: "a r b", references: [referenceOf("a r c", 0.9), referenceOf("a r b", 0.2)] });
    expect(values(subject)).toEqual([1, 1, 0.2, (1 + 1 + 0.2) / 3]);
  });

  it("counts opposite meaning as none", () => {
    expect(semantic.score(subjectOf({ references: [referenceOf("a r b", -0.7)] }))).toBe(0);
  });

  it("leaves out what could not be extracted or embedded, and is not scored when nothing is left", () => {
    const references = [{ triples: null, graph: null, cosine: 0.6 }];
    expect(values(subjectOf({ states: "a r b", references }))).toEqual([null, null, 0.6, 0.6]);
    expect(values(subjectOf({ references: [referenceOf("a r b", null)] }))).toEqual([null, null, null, null]);
    expect(values(subjectOf({ states: "a r b" }))).toEqual([null, null, null, null]);
  });

  it("scores thinking that states nothing as 0, not as unscored", () => {
    expect(logical.score(subjectOf({ states: "", references: [referenceOf("a r b")] }))).toBe(0);
  });
});
