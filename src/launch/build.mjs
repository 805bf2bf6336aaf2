import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, realpathSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { programs, projectFolder } from "./programs.mjs";
import { sourcesKey } from "./sources.mjs";

/** Beside the packages, which a build imports by their names. */
const buildsFolder = join(realpathSync(join(projectFolder, "node_modules")), ".cache", "med-r3");
/** Milliseconds since its last start after which a build of other sources is removed; a process may load parts of its build late. */
const keptFor = 30 * 86_400_000;

/**
 * The folder of a build of all programs from the sources as they are: made once, then found. A build lies in one folder that
 * appears when it is complete, so that processes which build at once do not meet. Throws where it cannot be made or kept.
 */
export async function currentBuild() {
  const key = sourcesKey();
  const folder = join(buildsFolder, key);
  if (existsSync(folder)) {
    noteUse(folder);
    return folder;
  }
  const unfinished = `${folder}.unfinished-${randomUUID()}`;
  mkdirSync(unfinished, { recursive: true });
  try {
    await build(unfinished, folder);
    if (sourcesKey() !== key) throw new Error("the sources were changed while they were built");
    moveInto(folder, unfinished);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  removeOld();
  return folder;
}

/** Builds into a folder; `place` is where it will lie. Resolves to esbuild's own account of what went in and came out. */
export async function build(folder, place = folder) {
  const esbuild = await import("esbuild");
  const { metafile } = await esbuild.build({
    absWorkingDir: projectFolder,
    entryPoints: programs,
    outdir: folder,
    outbase: projectFolder,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    packages: "external",
    sourcemap: "linked",
    sourcesContent: false,
    metafile: true,
    logLevel: "silent",
    define: { MED_R3_BUILD: JSON.stringify(pathToFileURL(`${place}/`).href) },
    plugins: [ownAddresses],
  });
  return metafile;
}

/** What a source file finds by its own address (data, models, threads) it finds from a build, too. */
const ownAddresses = {
  name: "own addresses",
  setup(build) {
    // A pattern of Go's, which knows no flags.
    build.onLoad({ filter: /\.(?:ts|mjs)$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      if (!text.includes("import.meta.url")) return undefined;
      const contents = text.replaceAll("import.meta.url", JSON.stringify(pathToFileURL(path).href));
      return { contents, loader: path.endsWith("ts") ? "ts" : "js" };
    });
  },
};

function moveInto(folder, unfinished) {
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    // Another process was faster; its build is the same.
    if (!existsSync(folder)) throw error;
  }
}

function noteUse(folder) {
  try {
    utimesSync(folder, new Date(), new Date());
  } catch {
    // It is another user's, who keeps it.
  }
}

function removeOld() {
  for (const name of readdirSync(buildsFolder)) {
    const folder = join(buildsFolder, name);
    const { mtimeMs } = statSync(folder, { throwIfNoEntry: false }) ?? { mtimeMs: Date.now() };
    if (mtimeMs < Date.now() - keptFor) removeUnlessOthers(folder);
  }
}

function removeUnlessOthers(folder) {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // It is another user's, or another process removes it now; the build that was just made is not the worse for it.
  }
}
