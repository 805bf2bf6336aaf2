import { existsSync, statfsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { RunConfiguration } from "../configuration/configuration.ts";
import { pathsOfConfiguration } from "../configuration/configuredPaths.ts";
import { openGgufModel } from "../engines/onnx/gguf/ggufModel.ts";
import { isGgufPath } from "../engines/onnx/gguf/readGguf.ts";
import { makeFolders } from "../files/makeFolders.ts";
import { rememberPaths } from "../files/pathRoots.ts";
import { writeText } from "../output/terminal.ts";
import { chooseRun } from "./chooseRun.ts";
import { defaultRoot } from "./defaultRoot.ts";
import { openDisplay } from "./display.ts";
import { exitCodeOf, type Interruption, type Interruptions } from "./interruption.ts";
import { CliError } from "./cliError.ts";
import type { StartOptions } from "./startOptions.ts";

/** Free space below which a run is not begun, in bytes. */
const leastFreeSpace = 300e6;

/** Begins a run, or goes on with one, and shows it to its end. */
export async function startRun(options: StartOptions, interruptions: Interruptions): Promise<number> {
  const root = resolve(options.root);
  const configuration = await chooseRun(options, root);
  if (options.dryRun) {
    const { dryRun } = await import("./dryRun.ts");
    await dryRun(configuration, root, { json: options.json, say: (line) => writeText(process.stdout, `${line}\n`) });
    return 0;
  }
  // Only now: what cannot be right is refused without loading what the work needs.
  const [{ runSession }, { printResult }] = await Promise.all([import("./runSession.ts"), import("./printResult.ts")]);
  const display = openDisplay(options.json ? process.stderr : process.stdout);
  try {
    checkFreeSpace(root);
    // What the person at this terminal names may be named by inputs too: the run's own workers read it.
    await rememberPaths(
      root,
      pathsOfConfiguration(configuration)
        .map(({ path }) => path)
        .filter((path) => existsSync(path)),
    );
    const { model } = configuration.policy;
    if (isGgufPath(model) && existsSync(model)) display.say(`Model: ${(await openGgufModel(model)).description}`);
    const ending = await runSession({
      configuration,
      root,
      port: options.port,
      uiPort: options.uiPort,
      display,
      interruptions,
    });
    if (ending !== "finished") return interrupted(ending, display.say, configuration, options);
    await printResult(join(root, configuration.run), { json: options.json, say: display.say });
    return 0;
  } finally {
    display.close();
  }
}

function interrupted(
  why: Interruption,
  say: (line: string) => void,
  configuration: RunConfiguration,
  options: StartOptions,
): number {
  const root = options.root === defaultRoot() ? "" : ` --root ${shellWord(options.root)}`;
  say(`Stopped. Nothing is lost; go on with: npm start -- --resume --run ${configuration.run}${root}`);
  return exitCodeOf(why);
}

/** As a shell takes it for one word. */
function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/u.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function checkFreeSpace(root: string): void {
  makeFolders(root);
  const { bavail, bsize } = statfsSync(root);
  if (bavail * bsize >= leastFreeSpace) return;
  throw new CliError(
    `Only ${Math.round((bavail * bsize) / 1e6)} MB are free in ${root}: a run needs ${leastFreeSpace / 1e6} MB. Free some space, or choose another folder with --root DIR.`,
    1,
  );
}
