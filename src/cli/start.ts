import { defaultRoot } from "./defaultRoot.ts";
import { runInterruptible } from "./cliError.ts";
import { readStartOptions } from "./startOptions.ts";

await runInterruptible(async (interruptions) => {
  const options = readStartOptions(process.argv.slice(2), defaultRoot());
  if (options === null) return 0;
  const { startRun } = await import("./startRun.ts");
  return startRun(options, interruptions);
});
