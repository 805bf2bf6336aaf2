import { readTrajectoriesOptions } from "./trajectoriesOptions.ts";
import { runWithOptions } from "./problem.ts";

await runWithOptions(readTrajectoriesOptions, async (options) =>
  (await import("./showTrajectories.ts")).showTrajectories(options),
);
