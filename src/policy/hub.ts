import { createHash } from "node:crypto";
import type { Hash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { mkdir, open, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { downloadFile, listFiles } from "@huggingface/hub";
import type { ListFileEntry } from "@huggingface/hub";

/** Files of a model that the engine reads: settings, tokenizer, weights as safetensors. */
const wanted = /^[^/]+\.(json|safetensors|jinja|txt)$/;
const completeMarker = ".complete";

export interface HubSettings {
  /** Where fetched models are kept. */
  readonly cacheFolder: string;
  /** Address of the hub; the public one when left out. */
  readonly hubUrl?: string;
  readonly onProgress?: (file: string, fraction: number) => void;
}

/** The folder of a model: a folder that is there, or ORG/NAME, fetched from the hub once and kept. */
export async function resolveModel(model: string, settings: HubSettings): Promise<string> {
  if (existsSync(model)) return model;
  if (!/^[\w.-]+\/[\w.-]+$/.test(model)) throw new Error(`model "${model}" is neither a folder that is there nor a name of the form ORG/NAME`);
  return fetchModel(model, settings);
}

/** Fetches what is missing. An interrupted file goes on where it stopped; each file's size and checksum must be the hub's. */
async function fetchModel(name: string, settings: HubSettings): Promise<string> {
  const folder = join(settings.cacheFolder, name.replace("/", "--"));
  if (existsSync(join(folder, completeMarker))) return folder;
  await mkdir(folder, { recursive: true });
  try {
    for (const entry of await listWanted(name, settings)) {
      if (!existsSync(join(folder, entry.path))) await fetchFile(name, entry, folder, settings);
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`model "${name}" could not be fetched (${reason}); try again to go on, or give a folder that holds it`, { cause: error });
  }
  await writeFile(join(folder, completeMarker), "");
  return folder;
}

async function listWanted(name: string, settings: HubSettings): Promise<ListFileEntry[]> {
  const entries: ListFileEntry[] = [];
  for await (const entry of listFiles({ repo: { type: "model", name }, ...access(settings) })) {
    if (entry.type === "file" && wanted.test(entry.path)) entries.push(entry);
  }
  if (!entries.some(({ path }) => path.endsWith(".safetensors"))) throw new Error("it holds no safetensors");
  return entries;
}

async function fetchFile(name: string, entry: ListFileEntry, folder: string, settings: HubSettings): Promise<void> {
  const part = join(folder, `${entry.path}.part`);
  const size = entry.lfs?.size ?? entry.size;
  const done = existsSync(part) ? Math.min((await stat(part)).size, size) : 0;
  const hash = startChecksum(entry, size);
  if (done > 0) for await (const chunk of createReadStream(part, { end: done - 1 })) hash.update(chunk as Buffer);
  const blob = await downloadFile({ repo: { type: "model", name }, path: entry.path, xet: false, ...access(settings) });
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

function access({ hubUrl }: HubSettings): { hubUrl?: string; accessToken?: string } {
  const accessToken = process.env["HF_TOKEN"];
  return { ...(hubUrl === undefined ? {} : { hubUrl }), ...(accessToken === undefined ? {} : { accessToken }) };
}
