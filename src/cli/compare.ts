import { readCompareOptions } from "./compareOptions.ts";
import { runWithOptions } from "./cliError.ts";

await runWithOptions(readCompareOptions, async (options) =>
  (await import("./showComparison.ts")).showComparison(options),
);
