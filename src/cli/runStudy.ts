import { WorkflowFailedError, type WorkflowHandle } from "@temporalio/client";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { makeFolders } from "../files/makeFolders.ts";
import { rememberPaths } from "../files/pathRoots.ts";
import { printJson } from "../output/terminal.ts";
import { readStudy, studyFileOf } from "../studies/readStudy.ts";
import { readGivenText } from "../studies/givenText.ts";
import { readSummary } from "../studies/outputs.ts";
import { readResult } from "../studies/studyFolder.ts";
import { summaryLines } from "../studies/summary.ts";
import { awaitResult } from "./awaitResult.ts";
import { createClosers, type Closers } from "./closers.ts";
import { CliError, rootCause } from "./cliError.ts";
import { connectCurriculum } from "./curriculumClient.ts";
import { openLineDisplay, type LineDisplay } from "./lineDisplay.ts";
import { exitCodeOf, type Interruptions } from "./interruption.ts";
import { openServer, openWorkers, serverLost } from "./site.ts";
import { connectStudy, readStudyProgress, studyId, type StudyClient } from "./studyClient.ts";
import { createWaitLines, describeStudy } from "./studyLines.ts";
import type { StudyOptions } from "./studyOptions.ts";

/** What the workflow `study` ends with. */
const Written = z.object({
  folder: z.string(),
  counts: z.object({ finished: z.number(), failed: z.number(), held: z.number(), pending: z.number() }),
});
type Written = z.infer<typeof Written>;

interface Site {
  readonly root: string;
  readonly port: number;
  readonly uiPort: number;
  readonly display: LineDisplay;
}

/** Begins a study, or goes on with one, and shows it to its end; 1 where runs failed or wait for a person. */
export async function runStudy(options: StudyOptions, interruptions: Interruptions): Promise<number> {
  const root = resolve(options.root);
  const file = options.file === undefined ? await studyFileOf(options.preset ?? "") : resolve(options.file);
  const { study } = readStudy(await readGivenText(file), file);
  const state = options.state === undefined ? null : resolve(options.state);
  makeFolders(root);
  await rememberPaths(root, [...(options.file === undefined ? [] : [file]), ...(state === null ? [] : [state])]);
  const display = openLineDisplay(options.json ? process.stderr : process.stdout);
  const closers = createClosers();
  try {
    const input = {
      study: options.file === undefined ? study.name : null,
      file: options.file === undefined ? null : file,
      state,
      minutes: options.minutes ?? null,
    };
    const site = { root, port: options.port, uiPort: options.uiPort, display };
    const ending = await Promise.race([interruptions.happened, follow(site, study.name, input, closers)]);
    if (typeof ending === "string") {
      display.say("Stopping: the workers finish what they hold …");
      display.say("Stopped. Nothing is lost; the same command goes on.");
      return exitCodeOf(ending);
    }
    await closers.closeAll();
    return await finish(ending, options, display);
  } finally {
    await closers.closeAll();
    display.close();
  }
}

async function follow(
  site: Site,
  name: string,
  input: Parameters<StudyClient["start"]>[1],
  closers: Closers,
): Promise<Written> {
  const { root, display } = site;
  const server = await openServer(site, closers);
  const curricula = await connectCurriculum(server.address, server.namespace);
  if (!server.adopted) for (const line of await curricula.putAsideOthers(studyId(name))) display.say(line);
  const studies = await connectStudy(server.address, server.namespace);
  const workers = openWorkers(server, site, closers);
  const handle = await studies.start(name, input);
  display.say(
    `Study ${name}. Watch it in the Temporal UI: ${server.uiAddress}/namespaces/${server.namespace}/workflows/${studyId(name)}`,
  );
  return Promise.race([
    workers.failed,
    serverLost(server, root, "the same command"),
    showUntilDone(handle, studies, display, workers.noteProgress),
  ]);
}

/** Shows the progress every two seconds until the workflow ends; its failure becomes the reason of the problem. */
async function showUntilDone(
  handle: WorkflowHandle,
  studies: StudyClient,
  display: LineDisplay,
  noteProgress: (reached: string) => void,
): Promise<Written> {
  let done = false;
  const result = awaitResult(handle).finally(() => {
    done = true;
  });
  const ended = result.catch(() => undefined);
  const waits = createWaitLines();
  const showing = (async () => {
    while (!done) {
      const progress = await readStudyProgress(handle);
      const run = progress?.atWork.find((one) => one.waits === null)?.run;
      const doing = run === undefined ? null : await studies.describeRun(run);
      if (done) return;
      if (progress !== null) {
        for (const line of waits(progress)) display.say(line);
        display.show(
          describeStudy(progress, doing),
          `${progress.phase} ${progress.finished} ${progress.failed} ${run ?? ""}`,
        );
        noteProgress(`${progress.finished} ${doing?.line ?? ""}`);
      }
      await Promise.race([sleep(2000), ended]);
    }
  })();
  try {
    return Written.parse(await result);
  } catch (error) {
    throw error instanceof WorkflowFailedError ? new CliError(`The study failed: ${rootCause(error)}`, 1) : error;
  } finally {
    await showing.catch(() => undefined);
  }
}

/** What came out, and what lacks. */
async function finish({ folder, counts }: Written, { json }: StudyOptions, { say }: LineDisplay): Promise<number> {
  const result = await readResult(folder);
  const summary = await readSummary(folder);
  if (json) printJson({ study: result.name, folder, counts, summary });
  else {
    say("");
    for (const line of summaryLines(summary)) say(line);
    say(`\nResult: ${folder}`);
  }
  for (const { run, status, cause } of result.cells)
    if (status === "failed" || status === "held")
      say(`${run} ${status === "held" ? "waits for a person" : "failed"}: ${cause ?? ""}`);
  const { failed, held, pending } = counts;
  if (failed + held + pending > 0)
    say(
      `${counts.finished} runs are finished, ${failed} failed, ${held} wait for a person, ${pending} lack. The same command goes on.`,
    );
  return failed + held > 0 ? 1 : 0;
}
