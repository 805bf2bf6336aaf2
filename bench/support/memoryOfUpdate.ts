import { readFileSync } from "node:fs";
import { modelSizes, openEngine } from "./models.ts";
import { crossEntropy, randomSequences, updateCases, updateOnce } from "./updates.ts";

/** A process of its own: loads the model folder argv[3], makes the updates of case argv[2] and prints its peak memory in bytes. */
const updates = 4;

const [name, folder] = process.argv.slice(2);
const one = updateCases.find((known) => known.name === name);
if (one === undefined || folder === undefined) throw new Error("usage: memoryOfUpdate.ts CASE FOLDER");
const policy = await openEngine(folder, one.microBatchTokens, one.replicas);
const sequences = randomSequences(one.lengths, modelSizes[one.size].vocabularySize);
for (let update = 0; update < updates; update++) await updateOnce(policy, sequences, crossEntropy);
const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
if (peak === undefined) throw new Error("no VmHWM in /proc/self/status");
process.stdout.write(`${Number(peak) * 1024}\n`);
await policy.close();
