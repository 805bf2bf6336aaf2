import { readIndexOptions } from "./indexOptions.ts";
import { runWithOptions } from "./problem.ts";

await runWithOptions(readIndexOptions, async (options) => (await import("./buildIndex.ts")).buildIndex(options));
