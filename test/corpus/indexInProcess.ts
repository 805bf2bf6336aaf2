import { indexShards, prepareShard } from "../../src/corpus/shards.ts";

/** Prepares and indexes files, telling each step, so that a test can kill it there. Arguments: folder, files. */
const [folder = "", ...files] = process.argv.slice(2);
const shards = [];
for (const file of files) {
  shards.push(await prepareShard(folder, file));
  console.log("prepared");
}
await indexShards(folder, shards, { onProgress: () => console.log("committed") });
console.log("done");
