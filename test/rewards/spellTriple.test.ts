import { describe, expect, it } from "vitest";
import { clinicalConsistency } from "../../src/rewards/clinicalConsistency.ts";
import { diagnosticPlausibility } from "../../src/rewards/diagnosticPlausibility.ts";
import { evidentialSupport } from "../../src/rewards/evidentialSupport.ts";
import { spelledTriple } from "../../src/rewards/extraction/spellTriple.ts";
import { textExtractor } from "../../src/rewards/extraction/textExtractor.ts";
import { referenceOf, retrieved, subjectOf } from "./subjects.ts";

const spell = (head: string, relation: string, tail: string) =>
  spelledTriple({ head, relation, tail, retrieved: null });
const relationOf = (relation: string): string => spell("aspirin", relation, "fever").relation;

describe("a triple that a model or a user wrote", () => {
  it("is spelled in small letters of one width, without blanks and points around, synonyms merged", () => {
    expect(spell("Aspirin", "treats", " Fever ")).toMatchObject({ head: "aspirin", relation: "treat", tail: "fever" });
    expect(spell("ＡＳＰＩＲＩＮ", "CURES", "Pyrexia.")).toMatchObject({
      head: "aspirin",
      relation: "treat",
      tail: "fever",
    });
    expect(spell("heart_attack", "leads_to", "shortness  of breath")).toMatchObject({
      head: "myocardial infarction",
      relation: "cause",
      tail: "dyspnea",
    });
    expect(spell("心肌梗塞", "引起", "發熱")).toMatchObject({ head: "心肌梗塞", relation: "引起", tail: "发热" });
  });

  it.each([
    "does not treat",
    "doesn't treat",
    "doesn’t treat",
    "do not treat",
    "don't treat",
    "did not treat",
    "no treat",
    "not treat",
    "Never treats",
    "cannot treat",
    "can't treat",
    "may not treat",
    "won't cure",
    "does_not_treat",
  ])("denies by “%s” as rules do: not treat", (relation) => expect(relationOf(relation)).toBe("not treat"));

  it.each([
    ["treats", "Aspirin treats fever."],
    ["is contraindicated in", "Aspirin is contraindicated in fever."],
    ["is not associated with", "Aspirin is not associated with fever."],
    ["isn't", "Aspirin isn't fever."],
    ["is not indicative of", "Aspirin does not indicate fever."],
  ])("has for “%s” the relation that is read from “%s”", (relation, sentence) => {
    expect(textExtractor.extract(sentence)).toEqual([spell("Aspirin", relation, "Fever")]);
  });

  it("stays as it is once it is spelled", () => {
    for (const relation of ["does not lead to", "is linked to", "is suggestive of", "is a", "was found in", "has"]) {
      const once = spell("High blood pressure", relation, "Edema");
      expect(spelledTriple(once)).toEqual(once);
    }
  });

  it("contradicts its denial", () => {
    const reference = { triples: [spell("Aspirin", "doesn't treat", "Fever")], graph: null, cosine: null };
    expect(
      clinicalConsistency.score(subjectOf({ triples: [spell("aspirin", "treats", "fever")], references: [reference] })),
    ).toBe(0);
  });
});

describe("merged names in a graph", () => {
  it("stand for the findings and the answer in their other wordings", () => {
    const references = [referenceOf("fever suggests flu; flu first acetaminophen")];
    const question = { findings: ["Pyrexia"], answer: "paracetamol" };
    const text = "<think> so </think> <answer> paracetamol </answer>";
    expect(diagnosticPlausibility.score(subjectOf({ question, references, text }))).toBe(1);
    const passages = [retrieved("flu first acetaminophen", 9)];
    expect(evidentialSupport.score(subjectOf({ question, text, passages, states: "flu first acetaminophen" }))).toBe(1);
  });
});
