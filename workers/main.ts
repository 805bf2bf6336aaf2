import { setTimeout as sleep } from "node:timers/promises";
import { runInterruptible } from "../src/cli/cliError.ts";
import { print } from "../src/output/terminal.ts";
import { checkTemporaryFolder } from "../src/server/temporaryFolder.ts";
import { parseWorkerOptions } from "./options.ts";

/** Milliseconds that workers whose starter is gone may take to end: nobody is left who would insist. */
const orphanTime = 5_000;

await runInterruptible(async (interruptions) => {
  const options = parseWorkerOptions(process.argv.slice(2), process.env);
  if (options === null) return 0;
  // Only now: a question for help is answered without loading all that workers need.
  const { installRuntime } = await import("./telemetry.ts");
  const { createWorkers } = await import("./serve.ts");
  checkTemporaryFolder();
  await installRuntime(process.env);
  const workers = await createWorkers(options);
  const serving = workers.run();
  void interruptions.happened.then(async (why) => {
    workers.shutdown();
    if (why === "parent ended") await sleep(orphanTime).then(() => process.exit(1));
  });
  print("worker ready");
  await serving;
  return 0;
});
