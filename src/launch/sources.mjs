import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { projectFolder } from "./programs.mjs";

/** Folders and files that hold all that programs are built of; packages are loaded from their own files. */
const sources = ["activities", "src", "workers", "workflows"];
const single = ["temporal.config.ts", "package.json", "package-lock.json", "tsconfig.json"];

/** The source files, relative to the project's folder, in the order of their paths. */
export function sourceFiles() {
  const files = sources.flatMap((folder) =>
    readdirSync(join(projectFolder, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(?:m?ts|mjs|json)$/u.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name).slice(projectFolder.length)),
  );
  return [...files, ...single].map((file) => file.replaceAll(sep, "/")).toSorted((a, b) => (a < b ? -1 : 1));
}

/** One for each content of the sources and place of the project: addresses of files stand in a build. */
export function sourcesKey() {
  const hash = createHash("sha256").update(projectFolder);
  for (const file of sourceFiles()) hash.update(`\0${file}\0`).update(readFileSync(join(projectFolder, file)));
  return hash.digest("hex").slice(0, 20);
}
