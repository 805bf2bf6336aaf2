import { readSearchOptions } from "./searchOptions.ts";
import { runWithOptions } from "./problem.ts";

await runWithOptions(readSearchOptions, async (options) => (await import("./searchCorpus.ts")).searchCorpus(options));
