import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { kinds } from "../src/extensions/kinds.ts";
import { loadExtensions } from "../src/extensions/loadExtensions.ts";
import type { Figure } from "./harness.ts";

const project = fileURLToPath(new URL("..", import.meta.url));
/** Where the project's own code lies; tests and benches try the examples and may name them. */
const rooms = ["src", "activities", "workflows", "workers"];

/** For each kind of part, the files of the project that name the example of it or import its file: what an addition has to touch. */
export async function* bench(): AsyncGenerator<Figure> {
  const parts = await loadExtensions(join(project, "examples"));
  const texts = await Promise.all((await sourceFiles()).map((file) => readFile(file, "utf8")));
  for (const kind of Object.keys(kinds)) {
    const examples = parts.filter((part) => part.kind === kind);
    if (examples.length === 0) throw new Error(`examples has no ${kind}`);
    const touched = texts.filter((text) => examples.some(({ name, file }) => namesPart(text, name, file)));
    yield { name: `additions/${kind}`, value: touched.length, unit: "files", n: texts.length };
  }
}

/** A part is named by a text of its own in quotes, or by a path that ends with its file. */
function namesPart(text: string, name: string, file: string): boolean {
  return [`"${name}"`, `'${name}'`, `\`${name}\``, `/${file}"`].some((sign) => text.includes(sign));
}

async function sourceFiles(): Promise<string[]> {
  const found = await Promise.all(
    rooms.map(async (room) => {
      const entries = await readdir(join(project, room), { recursive: true, withFileTypes: true });
      return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    }),
  );
  return found.flat().filter((file) => /\.m?ts$/u.test(file));
}
