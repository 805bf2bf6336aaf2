import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";

/** Every way to name another file of the project: imports and exports, of values and types, and calls of import. */
const importOfFile = /(?:from|import)\s*\(?\s*["'](\.{1,2}\/[^"']+)["']/gu;

/** A source file and all files of the project that it imports, directly or not, with their texts, in the order of their paths. */
export async function importedFiles(entry: string): Promise<{ file: string; text: string }[]> {
  const texts = new Map<string, string>();
  const waiting = [entry];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (texts.has(file)) continue;
    const text = await readFile(file, "utf8");
    texts.set(file, text);
    const folder = dirname(file);
    waiting.push(...[...text.matchAll(importOfFile)].map(([, path = ""]) => resolve(folder, path)));
  }
  return [...texts].map(([file, text]) => ({ file, text })).toSorted((a, b) => (a.file < b.file ? -1 : 1));
}
