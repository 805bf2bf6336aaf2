import { runInterruptible } from "./cliError.ts";
import { readStudyOptions } from "./studyOptions.ts";

await runInterruptible(async (interruptions) => {
  const options = readStudyOptions(process.argv.slice(2));
  if (options === null) return 0;
  if (options.check) return (await import("./checkStudies.ts")).checkStudies(options);
  return (await import("./runStudy.ts")).runStudy(options, interruptions);
});
