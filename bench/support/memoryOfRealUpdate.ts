import { readFileSync } from "node:fs";
import { openReal, realSequences } from "../real-model.ts";
import { crossEntropy, updateOnce } from "./updates.ts";

/** A process of its own: two updates of the folder argv[2] with adapters of rank argv[3] (0: all weights); prints its peak memory in bytes. */
const [folder = "", rank] = process.argv.slice(2);
const policy = await openReal(folder, Number(rank));
const sequences = realSequences(policy);
for (let update = 0; update < 2; update++) await updateOnce(policy, sequences, crossEntropy);
const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
process.stdout.write(`${Number(peak) * 1024}\n`);
await policy.close();
