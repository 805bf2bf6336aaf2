import { parseExactly, parseJson } from "./json.ts";
import { keyOfPlace, repeatedInFile } from "./repeatedInFile.ts";

/** An entry of a list, or why it cannot be read. */
export type Entry = { readonly value: unknown } | { readonly problem: string };

/** Fields by which the one object of a file is a row itself. */
const ofRows = ["question", "prompt", "messages"];

/**
 * The list that a whole file of JSON is, or that its one object holds; null where it has an object a line. An entry that has a
 * name twice cannot be read. Throws for a file that is no JSON, or has two lists of one name.
 */
export function wholeList(text: string, file: string): readonly Entry[] | null {
  if (text.trimStart().startsWith("[")) return entriesOf(parseJson(text, file) as unknown[], text, file, []);
  let whole: unknown;
  try {
    whole = parseExactly(text);
  } catch {
    return null;
  }
  if (typeof whole !== "object" || whole === null) return null;
  if (ofRows.some((field) => field in whole)) {
    const problem = repeatedInFile(text, 0).get(keyOfPlace());
    return [problem === undefined ? { value: whole } : { problem }];
  }
  const lists = Object.entries(whole).filter(
    (field): field is [string, unknown[]] =>
      Array.isArray(field[1]) && field[1].some((item) => typeof item === "object" && item !== null),
  );
  const [list] = lists;
  if (list === undefined || lists.length > 1) return null;
  const [field, values] = list;
  return entriesOf(values, text, file, [field]);
}

/** `path` is where the list stands in the file. */
function entriesOf(values: readonly unknown[], text: string, file: string, path: readonly string[]): Entry[] {
  const problems = repeatedInFile(text, path.length + 1);
  const twice = problems.get(keyOfPlace(...path));
  if (twice !== undefined) throw new Error(`${file}: ${twice}`);
  return values.map((value, index) => {
    const problem = problems.get(keyOfPlace(...path, index));
    return problem === undefined ? { value } : { problem };
  });
}
