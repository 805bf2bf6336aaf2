import { ConfigurationError } from "../../configuration/configurationError.ts";
import { namingKnown } from "../../domain/wrongFields.ts";
import { messageOf } from "../../domain/messageOf.ts";
import { FilledForm, RatingRow, type ReviewKey } from "./reviewFiles.ts";

/** A file as a rater sent it. */
export interface FormFile {
  readonly name: string;
  readonly text: string;
}

/** A form whose ratings are complete: each id of the key once. */
export interface ReadForm {
  readonly rater: string;
  readonly ratings: readonly RatingRow[];
}

/** Reads all forms, or none: throws ConfigurationError with every fault of every file. */
export function readForms(files: readonly FormFile[], key: ReviewKey): ReadForm[] {
  const faults: string[] = [];
  const forms = files.flatMap((file) => readForm(file, key, faults));
  for (const [index, { rater }] of forms.entries()) {
    const first = forms.findIndex((form) => form.rater.toLowerCase() === rater.toLowerCase());
    if (first < index)
      faults.push(
        `${files[index]?.name ?? ""}: rater ${JSON.stringify(rater)} has filled ${files[first]?.name ?? ""} already; each rater sends one form`,
      );
  }
  if (files.length === 0) faults.push("no filled form was given");
  if (faults.length > 0) throw new ConfigurationError([...faults, "Nothing was read."].join("\n"));
  return forms;
}

function readForm({ name, text }: FormFile, key: ReviewKey, faults: string[]): ReadForm[] {
  const refuse = (line: number | null, message: string): void => {
    faults.push(line === null ? `${name}: ${message}` : `${name}, line ${line}: ${message}`);
  };
  const json = parsed(text, refuse);
  if (json === undefined) return [];
  const form = FilledForm.safeParse(json, { error: namingKnown });
  if (!form.success) {
    for (const { path, message } of form.error.issues)
      refuse(path[0] === undefined ? null : lineOfField(text, String(path[0])), `${path.join(".")}: ${message}`);
    return [];
  }
  if (form.data.form !== key.form) {
    refuse(lineOfField(text, "form"), "this is the form of another review: its hash is not the key's");
    return [];
  }
  return [{ rater: form.data.rater, ratings: readRatings(text, form.data.ratings, key, refuse) }];
}

type Refuse = (line: number | null, message: string) => void;

function readRatings(text: string, rows: readonly unknown[], key: ReviewKey, refuse: Refuse): RatingRow[] {
  const lines = linesOfRatings(text, rows.length);
  const known = new Set(key.rows.map(({ id }) => id));
  const first = new Map<string, number | null>();
  const ratings = rows.flatMap((row, index) => {
    const line = lines[index] ?? null;
    const rating = RatingRow.safeParse(row, { error: namingKnown });
    if (!rating.success) {
      const where = idOf(row) ?? `rating ${index + 1}`;
      for (const { path, message } of rating.error.issues)
        refuse(line, `${where}${path.length === 0 ? "" : `, ${path.join(".")}`}: ${message}`);
    }
    const id = rating.success ? rating.data.id : idOf(row);
    if (id === null) return [];
    if (!known.has(id)) refuse(line, `${id} is not an id of this form`);
    else if (first.has(id)) refuse(line, `${id} was rated above already${at(first.get(id) ?? null)}`);
    first.set(id, first.get(id) ?? line);
    return rating.success ? [rating.data] : [];
  });
  const missing = [...known].filter((id) => !first.has(id));
  if (missing.length > 0) refuse(lineOfField(text, "ratings"), `no rating of ${missing.join(", ")}`);
  return ratings;
}

function at(line: number | null): string {
  return line === null ? "" : ` (line ${line})`;
}

function idOf(row: unknown): string | null {
  return typeof row === "object" && row !== null && "id" in row && typeof row.id === "string" ? row.id : null;
}

function parsed(text: string, refuse: Refuse): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const place = /position (\d+)/u.exec(messageOf(error))?.[1];
    refuse(place === undefined ? null : lineAt(text, Number(place)), `not JSON: ${messageOf(error)}`);
    return undefined;
  }
}

/** Line of each rating: that of its id. Null where some have no id, so that none can be told. */
function linesOfRatings(text: string, count: number): (number | null)[] {
  // Within a string a quote is escaped, so that this finds names of fields only.
  const places = [...text.matchAll(/"id"\s*:/gu)].map(({ index }) => lineAt(text, index));
  return places.length === count ? places : Array.from({ length: count }, () => null);
}

function lineOfField(text: string, name: string): number | null {
  const place = text.search(new RegExp(`"${name}"\\s*:`, "u"));
  return place < 0 ? null : lineAt(text, place);
}

function lineAt(text: string, place: number): number {
  return text.slice(0, place).split("\n").length;
}
