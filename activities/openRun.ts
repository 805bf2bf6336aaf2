import { ApplicationFailure } from "@temporalio/activity";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { RunConfiguration } from "../src/configuration/configuration.ts";
import { engineOf } from "../src/configuration/policy.ts";
import { namedAfter } from "../src/configuration/presets.ts";
import { resolveConfiguration } from "../src/configuration/resolveConfiguration.ts";
import { algorithmOf } from "../src/training/learning.ts";
import { chooseRunConfiguration, openRunFolder, type ChosenRun } from "../src/curriculum/runFolder.ts";
import { checkInputs } from "../src/curriculum/checkInputs.ts";
import { makeFolders } from "../src/files/makeFolders.ts";
import { readClaim } from "../src/trajectories/claim.ts";
import { claimOrRefuse } from "./claims.ts";
import { badInput, isPassing } from "./failures.ts";
import { createInputPaths } from "./inputPaths.ts";
import { checkServed } from "./checkServed.ts";
import { unknownRun, type OpenRun, type Workspace } from "./workspace.ts";

type Overrides = Readonly<Record<string, unknown>>;

export interface OpenedRun {
  readonly run: string;
  readonly engine: string;
}

/** Which workflow starts the run: its id, and the run id of its first history, which stays the same when it is reset. */
export interface RunStart {
  readonly workflowId: string;
  readonly firstRunId: string;
}

/**
 * Opens a run. Everything is checked before anything is written. Wrong input is bad input; faults of storage and
 * network are not, nor is anything that goes wrong with a run that exists.
 */
export async function openRun(workspace: Workspace, overrides: Overrides, start?: RunStart): Promise<OpenedRun> {
  const { root } = workspace;
  const unnamed = overrides["run"] === undefined;
  const { configuration, saved } = await asInput(
    unnamed ? chooseNewRun(overrides) : chooseRunConfiguration(root, overrides),
  );
  if (!saved && Object.keys(overrides).join() === "run") throw badInput(await unknownRun(root, configuration.run));
  if (!saved) await asInput(checkParts(root, configuration));
  const run = unnamed ? await reserveName(root, configuration.preset, start) : configuration.run;
  await claimRun(root, run);
  if (!saved)
    await workspace.durably("saveConfiguration", () =>
      openRunFolder(root, { ...configuration, run }).catch(asBadInput),
    );
  await workspace.run(run);
  return { run, engine: engineOf(configuration.policy).label };
}

async function chooseNewRun(overrides: Overrides): Promise<ChosenRun> {
  return { configuration: resolveConfiguration({ ...overrides, run: "unnamed" }), saved: false };
}

/** Opens a run that the calling workflow is going to write in, as a child of `parent` where it has one; bad input while another workflow writes in it. */
export async function claimedRun(workspace: Workspace, name: string, parent: string | null = null): Promise<OpenRun> {
  const run = await workspace.run(name);
  await claimRun(workspace.root, name, parent);
  return run;
}

async function claimRun(root: string, run: string, parent: string | null = null): Promise<void> {
  await claimOrRefuse(join(root, run), `run: ${run}`, parent);
}

async function checkParts(root: string, configuration: RunConfiguration): Promise<void> {
  const { judge, extractor, semanticEncoder, baselines, warmStart } = configuration;
  const teachers = warmStart.demonstrations.flatMap((source) => (source.from === "teacher" ? [source] : []));
  await createInputPaths(root).configuration(configuration);
  for (const model of [judge, extractor.kind === "model" ? extractor.model : null, ...baselines, ...teachers])
    if (model !== null) checkServed(model);
  if (semanticEncoder.kind === "service") checkServed(semanticEncoder);
  await checkEngine(configuration);
  await checkInputs(configuration);
}

/**
 * Refuses an engine that does not fit the run. A server that is away is an error at once too: nothing has been written
 * that waiting could save.
 */
async function checkEngine({ policy, algorithm, rollout, optimizer }: RunConfiguration): Promise<void> {
  const { loss } = algorithmOf({ algorithm });
  const { temperature, staleness } = rollout;
  const needs = { model: policy.model, loss, temperature, optimizer, staleness };
  await engineOf(policy)
    .check?.(needs)
    .catch((error: unknown) => {
      throw badInput(error);
    });
}

/** The first of `<preset>-1`, `<preset>-2`, … that is free; an attempt before this one may have taken it for the same start. */
async function reserveName(root: string, preset: string, start: RunStart | undefined): Promise<string> {
  makeFolders(root);
  for (let number = 1; ; number++) {
    const name = `${namedAfter(preset)}-${number}`;
    const folder = join(root, name);
    if ((await isNew(folder)) || (start !== undefined && (await wasMadeBy(folder, start)))) return name;
  }
}

async function isNew(folder: string): Promise<boolean> {
  try {
    await mkdir(folder);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

async function wasMadeBy(folder: string, { workflowId, firstRunId }: RunStart): Promise<boolean> {
  const { claim } = await readClaim(folder, 1);
  return claim?.members[workflowId] === firstRunId;
}

async function asInput<T>(checking: Promise<T>): Promise<T> {
  return checking.catch(asBadInput);
}

function asBadInput(error: unknown): never {
  throw error instanceof ApplicationFailure || isPassing(error) ? error : badInput(error);
}
