import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createEncoderFolder } from "../../src/corpus/embedding/createEncoder.ts";
import { openEmbedder } from "../../src/corpus/embedding/embedder.ts";
import { watchEventLoop } from "../../src/eventLoop/watch.ts";
import { temporaryFolder } from "./temporaryFolder.ts";

const root = temporaryFolder();

test("embedding leaves the event loop free, so that heartbeats go on", async () => {
  const folder = join(root, "encoder");
  await createEncoderFolder(
    folder,
    {
      hiddenSize: 256,
      intermediateSize: 1024,
      layers: 4,
      heads: 8,
      maximumPositions: 256,
      pooling: "mean",
      words: ["pain"],
    },
    "threads",
  );
  const embedder = await openEmbedder({ folder, threads: 1 });
  await embedder.embed(["pain"]);
  const turns: number[] = [];
  const stop = watchEventLoop((milliseconds) => turns.push(milliseconds));
  const before = process.cpuUsage();
  const vectors = await embedder.embed(Array.from({ length: 48 }, (_, index) => "pain ".repeat(180 + index)));
  const { user } = process.cpuUsage(before);
  stop();
  await embedder.close();
  expect(vectors).toHaveLength(48);
  // The work is long enough for a blocked loop to be seen.
  expect(user / 1000).toBeGreaterThan(300);
  expect(turns).toEqual([]);
});

test("a model that cannot be loaded is an error, not a thread that never answers", async () => {
  const folder = join(root, "broken");
  await createEncoderFolder(
    folder,
    { hiddenSize: 8, intermediateSize: 8, layers: 1, heads: 1, maximumPositions: 8, pooling: "mean", words: [] },
    "broken",
  );
  await writeFile(join(folder, "model.safetensors"), "not safetensors");
  const embedder = await openEmbedder({ folder, threads: 1 });
  await expect(embedder.embed(["pain"])).rejects.toThrow(/model.safetensors/);
  await embedder.close();
});
