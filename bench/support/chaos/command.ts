import { runWithOptions } from "../../../src/cli/cliError.ts";
import { readChaosOptions } from "./options.ts";

await runWithOptions(readChaosOptions, async (options) => {
  const { chaos } = await import("./chaos.ts");
  let failed = false;
  for await (const figure of chaos(options)) {
    console.log(JSON.stringify(figure));
    failed ||= figure.name === "chaos/equal" && figure.value < options.runs;
  }
  return failed ? 1 : 0;
});
