import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { readBenchOptions } from "../../bench/support/options.ts";
import { readChaosOptions } from "../../bench/support/chaos/options.ts";
import { readAskOptions } from "../../src/cli/askOptions.ts";
import { readCheckEngineOptions } from "../../src/cli/checkEngineOptions.ts";
import { readCompareOptions } from "../../src/cli/compareOptions.ts";
import { readIndexOptions } from "../../src/cli/indexOptions.ts";
import { readMakeBaseOptions } from "../../src/cli/makeBaseOptions.ts";
import { readPruneOptions } from "../../src/cli/pruneOptions.ts";
import { readReviewOptions } from "../../src/cli/reviewOptions.ts";
import { readSchedulesOptions } from "../../src/cli/schedulesOptions.ts";
import { readSearchOptions } from "../../src/cli/searchOptions.ts";
import { readServeUiOptions } from "../../src/cli/serveUiOptions.ts";
import { readStartOptions, requestedOverrides } from "../../src/cli/startOptions.ts";
import { readStudyOptions } from "../../src/cli/studyOptions.ts";
import { readTestOptions } from "../../src/cli/testOptions.ts";
import { readTrajectoriesOptions } from "../../src/cli/trajectoriesOptions.ts";
import { resolveConfiguration } from "../../src/configuration/resolveConfiguration.ts";
import { refuseUnspelledModel } from "../../src/environments/modelSpelling.ts";
import { loadExtensions } from "../../src/extensions/loadExtensions.ts";
import { parseWorkerOptions } from "../../workers/options.ts";
import { projectFolder } from "../cli/command.ts";
import { shownCommands } from "./shownCommands.ts";

type Read = (words: readonly string[]) => unknown;

/** The program that each command reads its command line with. */
const readers: Readonly<Record<string, Read>> = {
  ask: readAskOptions,
  bench: readBenchOptions,
  chaos: readChaosOptions,
  "check-engine": readCheckEngineOptions,
  compare: readCompareOptions,
  index: readIndexOptions,
  "make-base": readMakeBaseOptions,
  prune: readPruneOptions,
  review: readReviewOptions,
  schedules: readSchedulesOptions,
  search: readSearchOptions,
  "serve-ui": readServeUiOptions,
  start: async (words) => {
    const options = readStartOptions(words, "/nowhere");
    // A file of settings belongs to the reader of the page; everything else must be settings that there are.
    if (options === null || options.config !== undefined || options.resume) return options;
    const configuration = resolveConfiguration({ run: "shown", ...(await requestedOverrides(options)) });
    await refuseUnspelledModel(configuration);
    return configuration;
  },
  study: readStudyOptions,
  test: readTestOptions,
  trajectories: readTrajectoriesOptions,
  worker: (words) => parseWorkerOptions(words, {}),
};

/** What stands for something of the reader's own, and a value of its kind. */
const placeholders: Readonly<Record<string, string>> = { N: "2", S: "1", R: "quick-1", R1: "quick-1", R2: "quick-2" };

const all = shownCommands();
/** A name alone ("`npm run index`") says which command, "…" leaves something out; neither is to be typed. */
const complete = all.filter(
  ({ name, words, line }) =>
    !line.includes("…") && (words.length > 0 || !["bench", "index", "review", "search"].includes(name)),
);

// Some pages show parts of the examples' folder.
beforeAll(() => loadExtensions(join(projectFolder, "examples")));

describe("the commands that README and docs show", () => {
  it("are there to be tried, of every command that takes words", () => {
    expect(new Set(all.map(({ name }) => name))).toEqual(new Set(Object.keys(readers)));
    expect(complete.length).toBeGreaterThan(30);
  });

  it.each(complete)("$page: $line", async ({ name, words }) => {
    const typed = words.map((word) => placeholders[word] ?? (name === "bench" && word === "NAME" ? "quick" : word));
    await expect((async () => readers[name]?.(typed))()).resolves.not.toThrow();
  });
});
