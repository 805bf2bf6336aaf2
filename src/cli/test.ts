import { runInterruptible } from "./cliError.ts";
import { readTestOptions } from "./testOptions.ts";

await runInterruptible(async (interruptions) => {
  const options = readTestOptions(process.argv.slice(2));
  if (options === null) return 0;
  const { runTests } = await import("./runTests.ts");
  return runTests(options, interruptions);
});
