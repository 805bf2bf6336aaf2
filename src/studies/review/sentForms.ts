import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeAtomically } from "../../files/atomicWrite.ts";
import { emptyWhenMissing } from "../../files/emptyWhenMissing.ts";
import { makeFolders } from "../../files/makeFolders.ts";
import { hashOf } from "../../trajectories/canonical.ts";
import { readForms, type FormFile, type ReadForm } from "./readForms.ts";
import type { ReviewKey } from "./reviewFiles.ts";

/** Forms that raters sent to a study that waits for them; in the order of their files' names. Throws ConfigurationError where one is wrong. */
export async function readSentForms(folder: string, key: ReviewKey): Promise<ReadForm[]> {
  const files = await sentFiles(folder);
  return files.length === 0 ? [] : readForms(files, key);
}

/**
 * Keeps one more form; the same form again changes nothing. Throws ConfigurationError, and keeps nothing, where it is wrong or its rater has sent
 * another; of two that a rater sends at once one stays.
 */
export async function keepSentForm(folder: string, form: unknown, key: ReviewKey): Promise<ReadForm[]> {
  const sent: FormFile = { name: "the form that was sent", text: `${JSON.stringify(form, null, 2)}\n` };
  const before = await sentFiles(folder);
  if (before.some(({ text }) => hashOf(JSON.parse(text)) === hashOf(form))) return readForms(before, key);
  const forms = readForms([...before, sent], key);
  const rater = forms.at(-1)?.rater.toLowerCase() ?? "";
  makeFolders(folder);
  await writeAtomically(join(folder, `${hashOf(rater).slice(0, 16)}.json`), sent.text, { flush: true });
  return forms;
}

async function sentFiles(folder: string): Promise<FormFile[]> {
  const names = await readdir(folder).catch(emptyWhenMissing);
  return Promise.all(
    names
      .filter((name) => name.endsWith(".json"))
      .toSorted()
      .map(async (name) => ({ name, text: await readFile(join(folder, name), "utf8") })),
  );
}
