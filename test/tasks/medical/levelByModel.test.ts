import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { SourceDocument } from "../../../src/corpus/document.ts";
import { indexInto } from "../../corpus/indexInto.ts";
import { levelsByModel, openGrader } from "../../../src/tasks/medical/grading/levelByModel.ts";
import { openCorpus } from "../../../src/corpus/openCorpus.ts";
import { createMemoryCache } from "../../../src/services/answerCache.ts";
import { LanguageModelConfiguration } from "../../../src/configuration/languageModelSettings.ts";
import { openLanguageModel, type LanguageModel } from "../../../src/services/languageModel.ts";
import { startModelServer, type ModelServer } from "../../services/modelServer.ts";
import { temporaryFolder } from "../../corpus/temporaryFolder.ts";

const root = temporaryFolder();
let server: ModelServer;
let model: LanguageModel;
beforeAll(async () => {
  server = await startModelServer(({ user }, count) => {
    if (count === 1) return { status: 503 };
    if (user.includes("unclear")) return { content: "A trial, I think." };
    if (user.includes("nothing")) return { content: `{"level": null}` };
    return { content: `{"level": 8}` };
  });
  model = openLanguageModel(
    LanguageModelConfiguration.parse({ baseUrl: server.baseUrl, model: "m", keyVariable: null, concurrency: 1 }),
    createMemoryCache(),
  );
});
afterAll(() => server.close());

function document(text: string, more: Partial<SourceDocument> = {}): SourceDocument {
  return {
    id: "1",
    title: "T",
    source: "s",
    year: null,
    licence: null,
    sections: [{ heading: null, text }],
    kind: null,
    publicationTypes: [],
    headings: [],
    notice: null,
    evidenceLevel: null,
    ...more,
  };
}

test("a language model grades what neither source nor headings grade; without a usable answer the text rules do", async () => {
  const graded = await levelsByModel(
    [
      document("We searched."),
      document("x", { evidenceLevel: 2 }),
      document("x", { publicationTypes: ["Case Reports"] }),
      document("unclear"),
      document("nothing"),
      document("", { sections: [] }),
    ],
    model,
  );
  expect(graded.map(({ evidenceLevel }) => evidenceLevel)).toEqual([8, 2, null, null, null, null]);
  // Three were asked, the first twice after a failure, the unusable one three times.
  expect(server.received).toHaveLength(6);
  expect(model.usage()).toMatchObject({ unusable: 1 });
});

test("its levels stand on the passages of an index", async () => {
  const files = join(root, "a.jsonl");
  await writeFile(
    files,
    ["Pooled results.", "We randomised 20 patients, unclear (p = 0.04). They were randomised to rest."]
      .map((content, id) => JSON.stringify({ id, title: "T", content }))
      .join("\n"),
  );
  await indexInto(join(root, "index"), files, {}, { grader: openGrader(model) });
  const corpus = await openCorpus(join(root, "index"));
  const found = await corpus.search(["pooled", "randomised"], 1);
  expect(found.map(([best]) => best?.passage.evidenceLevel)).toEqual([8, 6]);
});
