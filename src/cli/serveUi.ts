import { resolve } from "node:path";
import { runInterruptible } from "./cliError.ts";
import { readServeUiOptions } from "./serveUiOptions.ts";

await runInterruptible(async (interruptions) => {
  const options = readServeUiOptions(process.argv.slice(2));
  if (options === null) return 0;
  const { serveUi } = await import("./site.ts");
  return serveUi({ ...options, root: resolve(options.root) }, interruptions);
});
