import { runWithOptions } from "./cliError.ts";
import { readSchedulesOptions } from "./schedulesOptions.ts";

await runWithOptions(readSchedulesOptions, async () => (await import("./applySchedules.ts")).applySchedulesOnServer());
