import { readReviewOptions } from "./reviewOptions.ts";
import { runWithOptions } from "./cliError.ts";

await runWithOptions(readReviewOptions, async (options) =>
  options.action === "export"
    ? (await import("./exportReview.ts")).exportReview(options)
    : (await import("./importReview.ts")).importReview(options),
);
