import { expect, test } from "vitest";
import { highlight } from "../../src/corpus/highlight.ts";

test("marks words of the query up to their endings, nothing else", () => {
  expect(
    highlight("Statins lowered the risk; heart failures (n=3).", "statin LOWERS failure", (word) => `<${word}>`),
  ).toBe("<Statins> <lowered> the risk; heart <failures> (n=3).");
  expect(highlight("a.b", "", (word) => `<${word}>`)).toBe("a.b");
});

test("stop words, by which nothing is found, are not marked", () => {
  expect(
    highlight(
      "The risk of a stroke is in the heart.",
      "what is the risk of stroke in the heart",
      (word) => `<${word}>`,
    ),
  ).toBe("The <risk> of a <stroke> is in the <heart>.");
});
