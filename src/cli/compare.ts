import { readCompareOptions } from "./compareOptions.ts";
import { runWithOptions } from "./problem.ts";

await runWithOptions(readCompareOptions, async (options) =>
  (await import("./showComparison.ts")).showComparison(options),
);
