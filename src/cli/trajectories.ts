import { readTrajectoriesOptions } from "./trajectoriesOptions.ts";
import { runWithOptions } from "./cliError.ts";

await runWithOptions(readTrajectoriesOptions, async (options) =>
  (await import("./showTrajectories.ts")).showTrajectories(options),
);
