import { existsSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { ConfigurationError } from "../configuration/configurationError.ts";
import { parseConfiguration } from "../configuration/resolveConfiguration.ts";
import { messageOf } from "../domain/messageOf.ts";
import { writeAtomically } from "../files/atomicWrite.ts";
import { makeFolders } from "../files/makeFolders.ts";
import { configurationHashOf } from "./planStudy.ts";
import { CellOutcome, StudyCell } from "./studyResult.ts";

/** A finished run as it is kept: one small file, which any machine can go on from. */
export const KeptCell = StudyCell.extend({
  outcome: CellOutcome,
  /** The configuration that the run was started with. */
  configuration: z.record(z.string(), z.unknown()),
});
export type KeptCell = z.infer<typeof KeptCell>;

/** Finished runs by the hash of their configuration as this version reads it: settings that a later version added take their defaults. */
export type KeptCells = ReadonlyMap<string, KeptCell>;

const folderName = "cells";

/** Reads the finished runs of a state folder; none where it is new. Throws ConfigurationError that names a file that is damaged. */
export async function readKeptCells(folder: string): Promise<KeptCells> {
  const cells = join(folder, folderName);
  const files = (await readdir(cells).catch(() => [])).filter((file) => file.endsWith(".json")).toSorted();
  const kept = new Map<string, KeptCell>();
  for (const file of files) {
    const { cell, hash } = await readOnce(join(cells, file));
    if (!kept.has(hash)) kept.set(hash, cell);
  }
  return kept;
}

/** Adds a finished run; one that is there is left alone. */
export async function keepCell(folder: string, cell: KeptCell): Promise<void> {
  const file = join(folder, folderName, `${cell.run}.json`);
  if (existsSync(file)) return;
  makeFolders(join(folder, folderName));
  await writeAtomically(file, `${JSON.stringify(cell)}\n`, { flush: true });
}

interface ReadCell {
  readonly cell: KeptCell;
  readonly hash: string;
}

/** Finished runs do not change: each file is read and checked once in a process. */
const known = new Map<string, ReadCell>();

async function readOnce(file: string): Promise<ReadCell> {
  const { mtimeMs, size } = await stat(file);
  const key = `${file} ${mtimeMs} ${size}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const cell = await readCell(file);
  const read = { cell, hash: presentHash(cell) };
  known.set(key, read);
  return read;
}

async function readCell(file: string): Promise<KeptCell> {
  try {
    return KeptCell.parse(JSON.parse(await readFile(file, "utf8")));
  } catch (error) {
    throw new ConfigurationError(
      `${file}: is no finished run of a study; mend it, or delete it to run it again (${messageOf(error)})`,
    );
  }
}

function presentHash({ configuration, configurationHash }: KeptCell): string {
  try {
    return configurationHashOf(parseConfiguration(configuration));
  } catch (error) {
    if (error instanceof ConfigurationError) return configurationHash;
    throw error;
  }
}
