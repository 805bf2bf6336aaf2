import { existsSync, readFileSync } from "node:fs";
import { lstat, realpath } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { z } from "zod";
import { kindOf } from "./kindOf.ts";
import { makeFolders } from "./makeFolders.ts";
import { walk } from "./walk.ts";
import { writeAtomically } from "./atomicWrite.ts";
import { messageOf } from "../domain/messageOf.ts";

/** The variable of a worker's environment with the places that inputs may name: a folder, or a JSON list of folders and of object stores' addresses. */
export const pathsVariable = "MED_R3_PATHS";

/** A path that an input may not name. */
export class PathRefusedError extends Error {
  override readonly name = "PathRefusedError";
}

/** The places below which inputs may name paths. */
export interface PathRoots {
  /** Where runs are kept: may be read, and written outside the runs' own folders. */
  readonly storage: string;
  readonly folders: readonly string[];
  /** Addresses such as s3://bucket/corpora. */
  readonly stores: readonly string[];
}

/** Places named at the terminal by the person whose storage root this is; no workflow can write here. */
const rememberedFile = ".paths.json";

/** The operator's places beside the storage root, those named at the terminal, and `own`. Throws PathRefusedError where the variable cannot be read. */
export function readPathRoots(storage: string, environment: NodeJS.ProcessEnv, own: readonly string[] = []): PathRoots {
  const places = [...own, ...readPlaces(environment[pathsVariable]?.trim() ?? ""), ...readRemembered(storage)];
  return {
    storage,
    folders: [storage, ...places.filter((place) => !isStore(place)).map((place) => resolve(place))],
    stores: places.filter(isStore).map((place) => place.replace(/\/+$/, "")),
  };
}

/** Lets inputs name these paths, and what the links in them lead to, on all workers of a storage root. For the command line alone. */
export async function rememberPaths(storage: string, paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  const targets: string[] = [];
  for (const path of paths) for await (const link of linksIn(path)) targets.push(dirname(await realOf(link)));
  makeFolders(storage);
  const known = readRemembered(storage);
  const all = [...new Set([...known, ...paths.map((path) => resolve(path)), ...targets])];
  if (all.length > known.length) await writeAtomically(join(storage, rememberedFile), JSON.stringify(all, null, 2));
}

function readRemembered(storage: string): readonly string[] {
  const file = join(storage, rememberedFile);
  return existsSync(file) ? z.array(z.string()).parse(JSON.parse(readFileSync(file, "utf8"))) : [];
}

function readPlaces(given: string): readonly string[] {
  if (!given.startsWith("[")) return given === "" ? [] : [given];
  try {
    return z.array(z.string().min(1)).parse(JSON.parse(given));
  } catch (error) {
    throw new PathRefusedError(`${pathsVariable} is neither a folder nor a JSON list of folders: ${messageOf(error)}`);
  }
}

/** Refuses a path to be read that lies outside the places, whether it is there or not; links are followed, those in a folder too. */
export async function checkReadable(field: string, path: string, roots: PathRoots): Promise<void> {
  const real = await realOfInput(field, path);
  await checkBelow(field, path, real, roots);
  await checkLinks(field, real, roots);
}

/** A link is looked at before what it leads to is read. */
async function checkLinks(field: string, real: string, roots: PathRoots): Promise<void> {
  for await (const link of linksIn(real)) await checkBelow(field, link, await realOfInput(field, link), roots);
}

/** Refuses a place for a corpus outside the places, or inside a run's folder or one of the project's own. */
export async function checkWritable(field: string, place: string, roots: PathRoots): Promise<void> {
  if (isStore(place)) {
    if (!isPlain(place))
      throw refusal(field, place, "is no plain address: it has parts such as ../ or signs of %, ? or #");
    if (roots.stores.some((store) => place === store || place.startsWith(`${store}/`))) return;
    throw refusal(field, place, "is no address below those that this worker may use");
  }
  const real = await realOfInput(field, place);
  await checkBelow(field, place, real, roots);
  await checkLinks(field, real, roots);
  const storage = await realOf(roots.storage);
  const [first = ""] = relative(storage, real).split(sep);
  if (!isBelow(real, storage)) return;
  const inRun = existsSync(join(storage, first, "configuration.json"));
  if (real === storage || inRun || first.startsWith(".")) {
    throw new PathRefusedError(
      `${field}: ${place} belongs to ${inRun ? `run ${first}` : "the storage of runs"}; choose a folder of its own`,
    );
  }
}

async function checkBelow(field: string, path: string, real: string, { folders }: PathRoots): Promise<void> {
  for (const folder of folders) if (isBelow(real, await realOf(folder))) return;
  throw refusal(field, path, "lies outside the places that this worker may use, or is a link that leads out");
}

/** Whether a place is the address of an object store. */
function isStore(place: string): boolean {
  return /^[a-z0-9]+:\/\//.test(place);
}

/** Whether an address means what it says: libraries take its ".." (also written %2e%2e) for the part above, and leave out what follows ? or #. */
function isPlain(address: string): boolean {
  return !/[%?#\\]|\/\.{1,2}(?:\/|$)/.test(address);
}

function refusal(field: string, path: string, why: string): PathRefusedError {
  return new PathRefusedError(`${field}: ${path} ${why}; the operator adds its folder to ${pathsVariable}`);
}

function isBelow(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/** The same of a path that an input names: a refusal names the field. */
async function realOfInput(field: string, path: string): Promise<string> {
  return realOf(path).catch((error: unknown) => {
    throw error instanceof PathRefusedError ? new PathRefusedError(`${field}: ${error.message}`) : error;
  });
}

/** The path without links, as far as it is there. */
async function realOf(path: string): Promise<string> {
  const whole = resolve(path);
  try {
    return await realpath(whole);
  } catch {
    const parent = dirname(whole);
    // A link that leads nowhere yet would be followed later.
    if ((await lstat(whole).catch(() => null))?.isSymbolicLink() === true)
      throw new PathRefusedError(`${path} is a link that leads nowhere`);
    return parent === whole ? whole : join(await realOf(parent), relative(parent, whole));
  }
}

/** The links below a folder, those in folders that links lead to included; none for a file, nor where there is nothing. */
async function* linksIn(folder: string): AsyncGenerator<string> {
  if ((await kindOf(folder).catch(() => null)) !== "folder") return;
  for await (const { path, link } of walk(folder)) if (link) yield path;
}
