import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { indexPassages } from "../src/corpus/indexer.ts";
import type { Passage } from "../src/domain/passage.ts";
import type { Figure } from "./harness.ts";
import { madeCorpus } from "./support/madeCorpus.ts";
import { englishCorpus } from "../src/tasks/medical/medicalCorpus.ts";

const passages = Number(process.env["MED_R3_BENCH_PASSAGES"] ?? 1_000_000);

/** A large made-up corpus with full text only: speed and the most memory that this process ever held. */
export async function* bench(): AsyncGenerator<Figure> {
  const folder = await mkdtemp(join(tmpdir(), "med-r3-index-memory-"));
  const made = madeCorpus(1);
  async function* large(): AsyncIterable<Passage> {
    for (let index = 0; index < passages; index++) yield made.passage(index);
  }
  try {
    const start = performance.now();
    await indexPassages(join(folder, "large"), large(), { settings: englishCorpus });
    yield {
      name: "index-memory/full-text",
      value: passages / ((performance.now() - start) / 1000),
      unit: "passages/s",
      n: passages,
    };
    yield { name: "index-memory/peak", value: process.resourceUsage().maxRSS / 1024, unit: "MiB", n: passages };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
