import { readdir, realpath } from "node:fs/promises";
import { register } from "node:module";
import { join, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { didYouMean } from "../domain/nearest.mjs";
import { builtFile, isBuilt } from "../launch/builtFile.ts";
import { loadTypeScript } from "../launch/loadTypeScript.mjs";
import { PartError } from "../parts/partRegistry.ts";
import { kinds } from "./kinds.ts";
import { messageOf } from "../domain/messageOf.ts";

/** The environment's variable that names the folder of extensions. */
export const extensionsVariable = "MED_R3_EXTENSIONS";

/** An extension that cannot be used; the message names its file and says what to do. */
export class ExtensionError extends Error {
  override readonly name = "ExtensionError";
}

/** A part of an extension, by its kind and name. */
export interface LoadedPart {
  readonly kind: string;
  readonly name: string;
  readonly file: string;
}

type Exports = Readonly<Record<string, unknown>>;
type ImportFile = (url: string) => Promise<Exports>;

/** Code that no type checker saw. */
const AnyPart = z.object({
  name: z.string(),
  describe: z.string().min(1),
  settings: z.custom<z.ZodObject>(
    (value) => value instanceof z.ZodObject,
    'a zod object: import { z } from "med-r3", then z.strictObject({ … })',
  ),
  create: z.custom<() => never>((value) => typeof value === "function", "a function from the settings to the part"),
});
const TaskFields = z.looseObject({ preset: z.string(), paths: z.array(z.unknown()) });

const codeFile = /\.(?:ts|mts|js|mjs)$/u;
const notCode = /(?:\.d\.m?ts|\.test\.m?[tj]s)$/u;

/**
 * Adds the parts that the files of a folder export to their registries, in the order of the files' names: before anything
 * is chosen, once for a process. Subfolders are for what the files import. Throws ExtensionError.
 */
export async function loadExtensions(folder: string): Promise<LoadedPart[]> {
  const root = await realpath(folder).catch(() => {
    throw new ExtensionError(`${extensionsVariable}: there is no folder ${folder}`);
  });
  const importFile = await fileImporter();
  register(new URL("./resolve.mjs", import.meta.url), {
    data: { api: builtFile(new URL("./publicApi.ts", import.meta.url)).href },
  });
  const parts: LoadedPart[] = [];
  for (const name of (await namesOf(root, folder)).toSorted()) parts.push(...(await loadFile(root, name, importFile)));
  for (const part of parts) checkFits(part);
  return parts;
}

async function namesOf(root: string, folder: string): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => {
    throw new ExtensionError(`${extensionsVariable}: ${folder} is not a folder that can be read`);
  });
  return entries
    .filter((entry) => !entry.isDirectory() && codeFile.test(entry.name) && !notCode.test(entry.name))
    .map(({ name }) => name);
}

async function loadFile(root: string, name: string, importFile: ImportFile): Promise<LoadedPart[]> {
  const file = join(root, name);
  const real = await realpath(file).catch(() => file);
  if (!real.startsWith(root + sep))
    throw new ExtensionError(`extension ${name}: it is a link out of the folder of extensions; copy the file into it`);
  const exported = await exportsOf(file, name, importFile);
  const names = Object.keys(exported);
  const unknown = names.find((one) => kinds[one] === undefined);
  if (unknown !== undefined)
    throw new ExtensionError(
      `extension ${name}: exports "${unknown}"; expected are ${Object.keys(kinds).join(", ")}${didYouMean(unknown, Object.keys(kinds))}`,
    );
  if (names.length === 0)
    throw new ExtensionError(
      `extension ${name}: exports nothing; expected is at least one of ${Object.keys(kinds).join(", ")}. What only other files import belongs in a subfolder`,
    );
  return names.map((kind) => addPart(kind, exported[kind], name));
}

/** A build needs no loader of TypeScript; extensions do. */
async function fileImporter(): Promise<ImportFile> {
  if (!isBuilt) return (url) => import(url) as Promise<Exports>;
  await loadTypeScript();
  const { importFile } = (await import(new URL("./importFile.mjs", import.meta.url).href)) as {
    importFile: ImportFile;
  };
  return importFile;
}

async function exportsOf(file: string, name: string, importFile: ImportFile): Promise<Exports> {
  try {
    return await importFile(pathToFileURL(file).href);
  } catch (error) {
    throw new ExtensionError(`extension ${name}: cannot be loaded (${messageOf(error)})`, { cause: error });
  }
}

function addPart(kind: string, exported: unknown, file: string): LoadedPart {
  const parsed = (kind === "task" ? AnyPart.and(TaskFields) : AnyPart).safeParse(exported);
  if (!parsed.success)
    throw new ExtensionError(`extension ${file}: its ${kind} does not fit:\n${z.prettifyError(parsed.error)}`);
  try {
    kinds[kind]?.add(exported as never);
  } catch (error) {
    throw error instanceof PartError ? new ExtensionError(`extension ${file}: ${error.message}`) : error;
  }
  return { kind, name: parsed.data.name, file };
}

/** Parts that need no settings are made once, so that what they lack is told now. */
function checkFits({ kind, name, file }: LoadedPart): void {
  const checked = kinds[kind]?.check(name, {});
  const wrong = checked?.success === false ? checked.issues.find(({ path }) => path[0] === "name") : undefined;
  if (wrong !== undefined) throw new ExtensionError(`extension ${file}: ${wrong.message}`);
}
