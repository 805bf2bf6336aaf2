import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { makeOnce } from "../../files/makeOnce.ts";
import type { FolderPolicy } from "../../policy/folderPolicy.ts";

/** The newest whole checkpoint of a base under way; null before the first. */
export async function newestCheckpoint(
  folder: string,
): Promise<{ readonly step: number; readonly folder: string } | null> {
  await mkdir(folder, { recursive: true });
  const steps = (await readdir(folder)).flatMap((name) => (/^\d+$/u.test(name) ? [Number(name)] : []));
  const step = steps.reduce((newest, one) => Math.max(newest, one), 0);
  return step === 0 ? null : { step, folder: join(folder, String(step)) };
}

/** Keeps weights and optimiser state after a step; the one before goes. */
export async function keepCheckpoint(folder: string, step: number, policy: FolderPolicy): Promise<void> {
  const before = await newestCheckpoint(folder);
  await makeOnce(join(folder, String(step)), (scratch) => policy.save(scratch));
  if (before !== null && before.step < step) await rm(before.folder, { recursive: true, force: true });
}
