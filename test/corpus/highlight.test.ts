import { expect, test } from "vitest";
import { highlight } from "../../src/corpus/highlight.ts";

test("marks words of the query up to their endings, nothing else", () => {
  expect(highlight("Statins lowered the risk; heart failures (n=3).", "statin LOWERS failure", (word) => `<${word}>`)).toBe("<Statins> <lowered> the risk; heart <failures> (n=3).");
  expect(highlight("a.b", "", (word) => `<${word}>`)).toBe("a.b");
});
