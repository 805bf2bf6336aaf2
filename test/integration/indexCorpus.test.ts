import { mkdtemp, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSite, type Site } from "../../bench/support/site.ts";
import type { IndexedCorpus } from "../../activities/corpus.ts";
import { readManifest } from "../../src/corpus/manifest.ts";
import { readRejects } from "../../src/corpus/rejects.ts";
import { openRunFolder } from "../../src/curriculum/runFolder.ts";
import { indexInto } from "../corpus/indexInto.ts";
import { storedIds, writeRecords } from "../corpus/recordFiles.ts";
import { countNames, executeIndex, until } from "./indexing.ts";
import { startModelServer } from "../services/modelServer.ts";

let site: Site;
let sources: string;
/** The operator's list of services, which a test may fill later. */
let services: string;
beforeAll(async () => {
  services = join(await mkdtemp(join(tmpdir(), "med-r3-services-")), "services.json");
  site = await openSite("index-corpus", { environment: { MED_R3_SERVICES: services } });
  sources = join(site.root, "sources");
  writeRecords(sources, { files: 12, records: 500, damaged: 1 });
});
afterAll(() => site.close());

/** One file a shard. */
const small = { shardMegabytes: 0.03 };

const execute = (workflowId: string, input: object): Promise<IndexedCorpus> => executeIndex(site, workflowId, input);

describe("the indexCorpus workflow", () => {
  it("holds what an undisturbed run holds after kill -9 in preparation and between commits", async () => {
    const whole = await indexInto(join(site.root, "whole"), sources);
    const corpus = join(site.root, "disturbed");
    const running = execute("disturbed", { files: sources, corpus, ...small });
    await until(async () => (await countNames(join(site.root, ".indexing"), ".receipt")) >= 2);
    site.killWorker();
    await until(async () => (await countNames(join(corpus, "passages.lance"), ".lance")) >= 1);
    expect(await readManifest(corpus)).toBeNull();
    site.killWorker();
    expect(await running).toMatchObject({ passages: 6_000, fingerprint: whole.fingerprint });
    expect(await storedIds(corpus)).toEqual(await storedIds(join(site.root, "whole")));
    expect(await readRejects(corpus)).toHaveLength(12);
    expect(await readdir(join(site.root, ".indexing"))).toEqual([]);
  });

  it("continues as new, shows how far it is, and finds everything done the second time", async () => {
    const corpus = join(site.root, "histories");
    await writeFile(join(sources, "scan.pdf"), "%PDF");
    const input = { files: sources, corpus, ...small, shardsPerHistory: 5 };
    const first = await execute("histories", input);
    expect(await execute("again", input)).toEqual(first);
    await until(async () => (await site.client.workflow.count(`WorkflowId = "histories"`)).count === 3);
    const { currentDetails } = await site.client.workflow
      .getHandle("histories")
      .query<{ currentDetails: string }>("__temporal_workflow_metadata");
    expect(currentDetails).toContain("| 12 of 12 | 12 of 12 | 6000 | 6012 | 12 |");
    expect(currentDetails).toMatch(/1 file of the corpus was passed over, since no reader knows the ending: .*pdf/);
    await until(async () => (await site.client.workflow.count(`MedR3Corpus = "${corpus}"`)).count === 6);
  });

  it("stops when too many records are damaged, and keeps them to be looked at", async () => {
    const [files, corpus] = [join(site.root, "damaged.jsonl"), join(site.root, "damaged")];
    await writeFile(files, `{"id":"1","title":"T","content":"Fine."}\n{\n`);
    await expect(execute("damaged", { files, corpus })).rejects.toMatchObject({
      cause: { cause: { message: expect.stringContaining("1 of 2 records could not be read") as unknown } },
    });
    expect(await readRejects(corpus)).toEqual([{ file: files, place: "line 2", reason: "not JSON" }]);
  });

  it("tells what grading by a language model cost, and asks nothing twice", async () => {
    const server = await startModelServer(() => ({ content: `{"level": 8}` }));
    await writeFile(services, JSON.stringify({ grader: { url: server.baseUrl } }));
    const files = join(site.root, "graded");
    writeRecords(files, { files: 2, records: 10, damaged: 0 });
    const input = {
      files,
      corpus: join(site.root, "graded-corpus"),
      shardMegabytes: 0.0001,
      evidenceModel: { service: "grader", model: "m", price: { input: 10, output: 100 } },
    };
    expect(await execute("graded", input)).toMatchObject({
      grading: { requests: 20, fromCache: 0, unusable: 0, inputTokens: 200, outputTokens: 100, cost: 0.012 },
    });
    const { currentDetails } = await site.client.workflow
      .getHandle("graded")
      .query<{ currentDetails: string }>("__temporal_workflow_metadata");
    expect(currentDetails).toContain(
      "20 requests, 0 answers known before, 0 unusable, 200 tokens in, 100 out, cost 0.0120",
    );
    expect(await execute("graded-again", input)).toMatchObject({ grading: { requests: 0, fromCache: 20 } });
    await server.close();
  });

  it("stops at once at a file that is cut off, and names it", async () => {
    const files = join(site.root, "cut.jsonl.gz");
    await writeFile(files, gzipSync(`{"id":"1","title":"T","content":"Fine."}\n`.repeat(5000)).subarray(0, 300));
    await expect(execute("cut", { files, corpus: join(site.root, "cut") })).rejects.toMatchObject({
      cause: {
        cause: { message: expect.stringMatching(/cut\.jsonl\.gz: cannot be read on after \d+ records/) as unknown },
      },
    });
  });

  it("refuses a run's own folder as the place of a corpus", async () => {
    await openRunFolder(site.root, { run: "victim", preset: "tiny" });
    const input = { files: sources, corpus: join(site.root, "victim", "lance") };
    await expect(execute("into-a-run", input)).rejects.toMatchObject({
      cause: { message: expect.stringContaining("belongs to run victim") as unknown },
    });
    expect(await readdir(join(site.root, "victim"))).toEqual(["configuration.json"]);
  });

  it.each([
    ["an unknown field", { files: "f", corpus: "c", size: 3 }, "size"],
    ["files that are not there", { files: join(tmpdir(), "nowhere"), corpus: "c" }, "nowhere: no such file or folder"],
    ["a model that is not there", { files: "README.md", corpus: "c", model: join(tmpdir(), "no-model") }, "no-model"],
    [
      "files outside the operator's places",
      { files: "/etc", corpus: "c" },
      "files: /etc lies outside the places that this worker may use",
    ],
    [
      "a corpus with a name of any length",
      { files: "README.md", corpus: "c".repeat(5000) },
      "corpus: expected at most 1024 bytes",
    ],
    [
      "an overlap as large as a passage",
      { files: "f", corpus: "c", overlapTokens: 160 },
      "overlapTokens: must be smaller",
    ],
    ["a request without a corpus", { files: "f" }, "corpus"],
  ])("refuses %s at once, by name", async (_, input, named) => {
    await expect(execute(`refused-${named.length}`, input)).rejects.toMatchObject({
      cause: { message: expect.stringContaining(named) as unknown },
    });
  });
});
