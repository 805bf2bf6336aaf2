import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { showPassages } from "../../src/cli/askPolicy.ts";
import { searchCorpus } from "../../src/cli/searchCorpus.ts";
import { readSearchOptions } from "../../src/cli/searchOptions.ts";
import { indexPassages } from "../../src/corpus/indexer.ts";
import { openCorpus } from "../../src/corpus/openCorpus.ts";
import type { Passage } from "../../src/domain/passage.ts";
import { createTextStream } from "../../src/policy/textStream.ts";
import { englishCorpus } from "../../src/tasks/medical/medicalCorpus.ts";
import { passage } from "../protocol/passages.ts";
import { temporaryFolder } from "../corpus/temporaryFolder.ts";

const root = temporaryFolder();
const corpus = join(root, "corpus");
afterEach(() => vi.restoreAllMocks());

async function* papers(): AsyncGenerator<Passage> {
  yield { ...passage("Zinc heals", "zinc one"), notice: "retracted" };
  yield passage("Zinc is safe", "zinc two");
  yield { ...passage("Zinc cures", "zinc three"), notice: "concern" };
}

it("a document that was retracted or is doubted says so wherever a person reads it: in search and in ask", async () => {
  await indexPassages(corpus, papers(), { settings: englishCorpus });
  let printed = "";
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  const options = readSearchOptions(["zinc", "--corpus", corpus]);
  expect(options === null ? 1 : await searchCorpus(options)).toBe(0);
  const searched = printed;
  printed = "";
  const opened = await openCorpus(corpus);
  const stream = createTextStream({ decode: () => "", endOfTextIds: new Set() });
  await showPassages(opened, stream).search(["zinc"], 3);
  opened.close();
  for (const shown of [searched, printed]) {
    expect(shown).toContain("[RETRACTED] Zinc heals");
    expect(shown).toContain("[EXPRESSION OF CONCERN] Zinc cures");
    expect(shown.match(/\[(?:RETRACTED|EXPRESSION OF CONCERN)\]/gu)).toHaveLength(2);
  }
});
