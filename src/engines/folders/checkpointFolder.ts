import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { requireFreeSpace } from "../../files/freeSpace.ts";
import { hashFile } from "../../files/hashFile.ts";
import { DamagedCheckpointError } from "../../policy/port.ts";

/** Folder of a run that holds its checkpoints. */
export const checkpointsFolder = "checkpoints";

/** Prefix of folders that are being written. */
const unfinishedPrefix = ".unfinished-";

const manifestName = "snapshot.json";

const Manifest = z.object({
  name: z.string(),
  stateHash: z.string(),
  /** Size and checksum by file name. */
  files: z.record(z.string(), z.object({ bytes: z.number().int(), sha256: z.string() })),
});
export type Manifest = z.infer<typeof Manifest>;

/** Writes a folder as a whole or not at all: into a temporary one, to the disk, then renamed. An existing folder is replaced. */
export async function writeCheckpointFolder(
  folder: string,
  what: Omit<Manifest, "files">,
  write: (temporary: string) => Promise<void>,
): Promise<void> {
  const parent = dirname(folder);
  const temporary = join(parent, `${unfinishedPrefix}${randomUUID()}`);
  await mkdir(temporary, { recursive: true });
  try {
    await requireFreeSpace(temporary);
    await write(temporary);
    const manifest: Manifest = { ...what, files: await describeFiles(temporary) };
    await writeFile(join(temporary, manifestName), `${JSON.stringify(manifest, null, 2)}\n`);
    for (const name of [...Object.keys(manifest.files), manifestName, "."]) await flushToDisk(join(temporary, name));
    await rm(folder, { recursive: true, force: true });
    await rename(temporary, folder);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
  await flushToDisk(parent);
}

/**
 * Checks every file's size, and its checksum unless `isProven` says that something else proves its content. Throws DamagedCheckpointError that
 * says what is wrong.
 */
export async function verifyCheckpointFolder(
  folder: string,
  isProven: (name: string) => boolean = () => false,
): Promise<Manifest> {
  const manifest = await readManifest(folder);
  for (const [name, { bytes, sha256 }] of Object.entries(manifest.files)) {
    const file = join(folder, name);
    const size = await sizeOf(file);
    if (size !== bytes)
      throw new DamagedCheckpointError(
        `${file}: ${size === null ? "is missing" : `has ${size} bytes, expected ${bytes}`}`,
      );
    if (!isProven(name) && (await hashFile(file)) !== sha256)
      throw new DamagedCheckpointError(`${file}: its checksum is not the one it was written with`);
  }
  return manifest;
}

/** Whether a folder is a finished checkpoint; its files are not checked. */
export async function checkpointExists(folder: string): Promise<boolean> {
  return (await sizeOf(join(folder, manifestName))) !== null;
}

/** Removes folders of unfinished checkpoints that have not been touched for some milliseconds; 0 is only safe while none is being written. */
export async function clearUnfinished(parent: string, patience: number): Promise<void> {
  const names = (await readdir(parent).catch(() => [])).filter((name) => name.startsWith(unfinishedPrefix));
  for (const name of names) {
    const { mtimeMs } = await stat(join(parent, name));
    if (Date.now() - mtimeMs >= patience) await rm(join(parent, name), { recursive: true, force: true });
  }
}

/** What a checkpoint says of itself; its files are not checked. Throws DamagedCheckpointError where it cannot be read. */
export async function readManifest(folder: string): Promise<Manifest> {
  try {
    return Manifest.parse(JSON.parse(await readFile(join(folder, manifestName), "utf8")));
  } catch (error) {
    throw new DamagedCheckpointError(
      `${join(folder, manifestName)}: cannot be read (${error instanceof Error ? error.message.split("\n")[0] : String(error)})`,
    );
  }
}

async function describeFiles(folder: string): Promise<Manifest["files"]> {
  const names = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  const files: Manifest["files"] = {};
  for (const name of names.toSorted())
    files[name] = { bytes: (await sizeOf(join(folder, name))) ?? 0, sha256: await hashFile(join(folder, name)) };
  return files;
}

async function sizeOf(file: string): Promise<number | null> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

async function flushToDisk(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
