import { commitShards } from "../../src/corpus/commitShards.ts";
import { completeIndex } from "../../src/corpus/completeIndex.ts";
import { makePlan } from "../../src/corpus/indexPlan.ts";
import { IndexRequest } from "../../src/corpus/indexRequest.ts";
import { prepareShard } from "../../src/corpus/prepareShard.ts";

/** Prepares and indexes files, telling each step, so that a test can kill it there. Arguments: work folder, corpus, files. */
const [folder = "", corpus = "", files = ""] = process.argv.slice(2);
const plan = await makePlan(folder, IndexRequest.parse({ files, corpus, shardMegabytes: 0.125 }));
for (const shard of plan.shards) {
  await prepareShard(folder, plan, shard, null);
  console.log("prepared");
}
await commitShards(folder, plan, plan.shards, null, { onProgress: () => console.log("committed") });
await completeIndex(folder, plan, null);
console.log("done");
