import { readCheckEngineOptions } from "./checkEngineOptions.ts";
import { runWithOptions } from "./cliError.ts";

await runWithOptions(readCheckEngineOptions, async (options) =>
  (await import("./checkEngineServer.ts")).checkEngineServer(options),
);
