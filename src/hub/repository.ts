import { createHash } from "node:crypto";
import type { Hash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { mkdir, open, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { downloadFile, listFiles } from "@huggingface/hub";
import type { ListFileEntry } from "@huggingface/hub";
import { messageOf } from "../domain/messageOf.ts";
import { blotKey, readKey } from "../services/key.ts";

const completeMarker = ".complete";

export interface HubSettings {
  /** Where what was fetched is kept. */
  readonly cacheFolder: string;
  /** Address of the hub; that of HF_ENDPOINT, else the public one, when left out. */
  readonly hubUrl?: string;
  readonly onProgress?: (file: string, fraction: number) => void;
}

/** A repository of the hub, and which of its files are wanted. */
export interface HubRepository {
  readonly type: "model" | "dataset";
  /** ORG/NAME. */
  readonly name: string;
  readonly wants: (path: string) => boolean;
  /** What must be among the wanted files, in words, and how to tell. */
  readonly needs: { readonly what: string; readonly found: (path: string) => boolean };
}

/** Whether a name has the hub's form ORG/NAME. */
export function isHubName(name: string): boolean {
  return /^[A-Za-z0-9_][\w.-]{0,95}\/[A-Za-z0-9_][\w.-]{0,95}$/.test(name);
}

/** Fetches the wanted files that are missing and returns their folder. An interrupted file goes on where it stopped; each file's size and checksum must be the hub's. */
export async function fetchRepository(repository: HubRepository, settings: HubSettings): Promise<string> {
  const folder = join(settings.cacheFolder, repository.name.replace("/", "--"));
  if (existsSync(join(folder, completeMarker))) return folder;
  await mkdir(folder, { recursive: true });
  try {
    for (const entry of await listWanted(repository, settings)) {
      if (!existsSync(join(folder, entry.path))) await fetchFile(repository, entry, folder, settings);
    }
  } catch (error) {
    // The hub's own words, which may repeat the token, are not handed on as a cause.
    const reason = blotKey(messageOf(error), token());
    throw new Error(
      `${repository.type} "${repository.name}" could not be fetched (${reason}); try again to go on, or give a folder that holds it`,
    );
  }
  await writeFile(join(folder, completeMarker), "");
  return folder;
}

async function listWanted(
  { type, name, wants, needs }: HubRepository,
  settings: HubSettings,
): Promise<ListFileEntry[]> {
  const entries: ListFileEntry[] = [];
  for await (const entry of listFiles({ repo: { type, name }, recursive: true, ...access(settings) })) {
    if (entry.type === "file" && wants(entry.path) && isInside(entry.path)) entries.push(entry);
  }
  if (!entries.some(({ path }) => needs.found(path))) throw new Error(`it holds no ${needs.what}`);
  return entries;
}

/** A hub cannot make files outside the folder. */
function isInside(path: string): boolean {
  return !path.startsWith("/") && !path.split("/").includes("..");
}

async function fetchFile(
  { type, name }: HubRepository,
  entry: ListFileEntry,
  folder: string,
  settings: HubSettings,
): Promise<void> {
  const part = join(folder, `${entry.path}.part`);
  await mkdir(dirname(part), { recursive: true });
  const size = entry.lfs?.size ?? entry.size;
  const done = existsSync(part) ? Math.min((await stat(part)).size, size) : 0;
  const hash = startChecksum(entry, size);
  if (done > 0) for await (const chunk of createReadStream(part, { end: done - 1 })) hash.update(chunk as Buffer);
  const blob = await downloadFile({ repo: { type, name }, path: entry.path, xet: false, ...access(settings) });
  if (blob === null) throw new Error(`${entry.path} is gone`);
  const file = await open(part, existsSync(part) ? "r+" : "w");
  try {
    let position = done;
    if (done < size) {
      for await (const chunk of blob.slice(done).stream() as unknown as AsyncIterable<Uint8Array>) {
        await file.write(chunk, 0, chunk.length, position);
        hash.update(chunk);
        position += chunk.length;
        settings.onProgress?.(entry.path, position / size);
      }
    }
    if (position !== size) throw new Error(`${entry.path} ended after ${position} of ${size} bytes`);
    await file.truncate(size);
  } finally {
    await file.close();
  }
  const checksum = entry.lfs?.oid ?? entry.oid;
  if (hash.digest("hex") !== checksum) {
    await rm(part);
    throw new Error(`${entry.path} does not match its checksum`);
  }
  await rename(part, join(folder, entry.path));
}

/** Large files are known by their SHA-256, small ones by git's SHA-1 of a blob. */
function startChecksum(entry: ListFileEntry, size: number): Hash {
  return entry.lfs === undefined ? createHash("sha1").update(`blob ${size}\0`) : createHash("sha256");
}

function access({ hubUrl = process.env["HF_ENDPOINT"] }: HubSettings): { hubUrl?: string; accessToken?: string } {
  const accessToken = token();
  return { ...(hubUrl === undefined ? {} : { hubUrl }), ...(accessToken === null ? {} : { accessToken }) };
}

function token(): string | null {
  return process.env["HF_TOKEN"]?.trim() ? readKey("HF_TOKEN", process.env) : null;
}
