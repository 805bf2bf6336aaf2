import { open, readdir, rename } from "node:fs/promises";
import { join } from "node:path";

/** A damaged or missing part of the log. */
export class DamagedLogError extends Error {
  override readonly name = "DamagedLogError";
}

/** What LanceDB says of files that are cut short, overwritten or gone. Anything else (memory, open files) is no damage. */
const damageMessages =
  /fill whole buffer|Invalid range|size is too small|magic|corrupt|No such file|Not found|decode/iu;

/** Whether a read failed because of what lies on the disk. */
export function isDamage(error: unknown): boolean {
  return error instanceof Error && damageMessages.test(error.message);
}

/** Every manifest of a LanceDB table ends with these bytes. */
const manifestMagic = "LANC";

/**
 * Puts the newest manifest of a table aside when it is cut short or overwritten, so that the version before it counts:
 * what its commit held is done again. Returns what was put aside, in words; null when the newest manifest is whole.
 */
export async function setDamagedManifestAside(tableFolder: string): Promise<string | null> {
  const folder = join(tableFolder, "_versions");
  // Names count down from the largest 64-bit number, so the newest version comes first.
  const newest = (await readdir(folder)).filter((name) => name.endsWith(".manifest")).toSorted()[0];
  if (newest === undefined || (await isWhole(join(folder, newest)))) return null;
  await rename(join(folder, newest), join(folder, `${newest}.damaged`));
  return `${join(folder, newest)} is damaged: put aside, the version before it is used`;
}

async function isWhole(file: string): Promise<boolean> {
  const handle = await open(file, "r");
  try {
    const { size } = await handle.stat();
    if (size < manifestMagic.length) return false;
    const { buffer } = await handle.read(
      Buffer.alloc(manifestMagic.length),
      0,
      manifestMagic.length,
      size - manifestMagic.length,
    );
    return buffer.toString("latin1") === manifestMagic;
  } finally {
    await handle.close();
  }
}
