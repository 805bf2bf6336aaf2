import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openSite, type Site } from "../../bench/support/site.ts";
import { openRunFolder } from "../../src/curriculum/runFolder.ts";
import { indexInto } from "../corpus/indexInto.ts";
import { storedIds, writeRecords } from "../corpus/recordFiles.ts";
import { countNames, executeIndex, until } from "./indexing.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite("index-run-corpus");
});
afterAll(() => site.close());

it("the corpus of a run on own files is indexed by shards too: kill -9 loses none of them, and two runs share the work", async () => {
  const files = join(site.root, "own");
  writeRecords(files, { files: 1_100, records: 3, damaged: 0 });
  const questions = join(site.root, "questions.jsonl");
  await writeFile(
    questions,
    Array.from({ length: 30 }, (_, id) =>
      JSON.stringify({
        id: `${id}`,
        dataset: "own",
        kind: "open",
        text: `Finding ${id}?`,
        answer: "made",
        cluster: `${id}`,
      }),
    ).join("\n"),
  );
  for (const run of ["own-1", "own-2"])
    await openRunFolder(site.root, { run, preset: "tiny", data: { dataset: "files", questions, corpus: files } });
  const whole = await indexInto(join(site.root, "own-whole"), files);
  const first = executeIndex(site, "own-1-index", { run: "own-1" });
  await until(async () => (await countNames(join(site.root, ".indexing"), ".receipt")) >= 1);
  site.killWorker();
  const second = executeIndex(site, "own-2-index", { run: "own-2" });
  const same = { passages: 3_300, fingerprint: whole.fingerprint };
  expect(await first).toMatchObject(same);
  expect(await second).toMatchObject(same);
  const [corpus = ""] = await readdir(join(site.root, ".corpora"));
  expect(await storedIds(join(site.root, ".corpora", corpus))).toEqual(await storedIds(join(site.root, "own-whole")));
});
