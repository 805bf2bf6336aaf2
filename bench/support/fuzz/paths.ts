import fc from "fast-check";
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";
import { PathText } from "../../../src/domain/pathText.ts";
import {
  checkReadable,
  checkWritable,
  PathRefusedError,
  readPathRoots,
  type PathRoots,
} from "../../../src/files/pathRoots.ts";
import type { FuzzCase, FuzzKind } from "./kind.ts";

const inputs = 3_000;
const seed = 1;

/** Steps of a path: into what is there, up, over links, and into names as people and machines give them. */
const steps = fc.constantFrom(
  "books",
  "book.txt",
  "..",
  ".",
  "",
  "link",
  "loop",
  "inner",
  "dangling",
  "mine",
  "lance",
  ".corpora",
  ".server",
  "new",
  "Müller",
  "医学",
  "a b",
  "it's",
  "100%",
  "#1",
  "?x",
  "!",
  "-x",
  "~",
  "%2e%2e",
  "...",
  "\\..",
  "x".repeat(200),
);
const starts = fc.constantFrom("data", "storage", "outside", "root", "relative");
const paths = fc.tuple(starts, fc.array(steps, { maxLength: 6 }), fc.boolean());

interface Sandbox extends Record<"data" | "storage" | "outside", string> {
  readonly roots: PathRoots;
}

async function makeSandbox(folder: string): Promise<Sandbox> {
  const [data, storage, outside] = ["data", "runs", "outside"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  for (const one of [
    join(data, "books"),
    join(storage, "mine", "lance"),
    join(storage, ".corpora"),
    join(storage, ".server"),
    join(outside, "books"),
  ])
    await mkdir(one, { recursive: true });
  for (const one of [data, outside]) await writeFile(join(one, "books", "book.txt"), "text");
  await writeFile(join(storage, "mine", "configuration.json"), "{}");
  await symlink(outside, join(data, "link"));
  await symlink(join(data, "loop"), join(data, "loop"));
  await symlink(join(data, "books"), join(data, "inner"));
  await symlink(join(outside, "later"), join(data, "dangling"));
  return { data, storage, outside, roots: readPathRoots(storage, { MED_R3_PATHS: data }) };
}

/** Generated paths to be read and to be written: what is taken is opened for real, and must lie where it may. */
export const pathInputs: FuzzKind = {
  name: "paths",
  inputs,
  concurrent: 1,
  withCases: async (use) => {
    const folder = await realpath(await mkdtemp(join(tmpdir(), "med-r3-fuzz-paths-")));
    try {
      const sandbox = await makeSandbox(folder);
      await use(
        fc
          .sample(paths, { seed, numRuns: inputs })
          .map(([start, parts, writes]) => caseOf(sandbox, textOf(sandbox, start, parts), writes)),
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

function textOf(sandbox: Sandbox, start: string, parts: readonly string[]): string {
  const base = start === "root" ? "/" : start === "relative" ? "." : sandbox[start as "data" | "storage" | "outside"];
  return [base, ...parts].join("/");
}

function caseOf(sandbox: Sandbox, path: string, writes: boolean): FuzzCase {
  return async () => {
    if (!PathText.safeParse(path).success) return null;
    try {
      await (writes ? checkWritable : checkReadable)("field", path, sandbox.roots);
    } catch (error) {
      if (!(error instanceof PathRefusedError) || !error.message.startsWith("field: ")) throw error;
      return plainlyInside(sandbox, path) && !writes ? `${path} was refused: ${error.message}` : null;
    }
    return writes ? complaintOfPlace(sandbox, path) : complaintOfReading(sandbox, path);
  };
}

/** A path that no one could doubt. */
function plainlyInside({ data }: Sandbox, path: string): boolean {
  return [join(data, "books"), join(data, "books", "book.txt"), join(data, "inner", "book.txt")].includes(path);
}

async function complaintOfReading({ data, storage }: Sandbox, path: string): Promise<string | null> {
  const real = await realpath(path).catch(() => null);
  return real === null || isBelow(real, data) || isBelow(real, storage)
    ? null
    : `${path} was taken and leads to ${real}`;
}

/** Makes the place as an indexing run would, and looks where it came to lie. */
async function complaintOfPlace({ data, storage }: Sandbox, path: string): Promise<string | null> {
  const made = await mkdir(path, { recursive: true }).catch(() => undefined);
  const real = await realpath(path).catch(() => null);
  if (made !== undefined) await rm(made, { recursive: true, force: true });
  if (real === null || isBelow(real, data)) return null;
  const others = ["mine", ".server", ".corpora"].some((name) => isBelow(real, join(storage, name))) || real === storage;
  return isBelow(real, storage) && !others ? null : `a corpus was let into ${real} by ${path}`;
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder + sep);
}
