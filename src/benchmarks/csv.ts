/** A record of a comma-separated text: its row by the names of the columns, or why it has none, and the line it begins on. */
export type CsvRow = { readonly line: number } & (
  | { readonly row: Record<string, string> }
  | { readonly problem: string }
);

/**
 * Rows of a comma-separated text (RFC 4180). The first record names the columns, unless `unnamed` gives the names of a
 * table that begins with data at once.
 */
export function* parseCsv(
  text: string,
  unnamed: (first: readonly string[]) => readonly string[] | null = () => null,
): Generator<CsvRow> {
  let names: readonly string[] | null = null;
  let named = "";
  let repeated: string | null = null;
  for (const { fields, line } of recordsOf(text.replace(/^\uFEFF/, ""))) {
    if (fields.length === 1 && fields[0]?.trim() === "") continue;
    if (names === null) {
      const given = unnamed(fields);
      names = (given ?? fields).map((name) => name.trim());
      named = given === null ? "the header names" : "the first row has";
      repeated = names.find((name, index) => name !== "" && names?.indexOf(name) !== index) ?? null;
      if (given === null) continue;
    }
    if (repeated !== null) yield { line, problem: `${repeated}: two columns have this name` };
    else
      yield fields.length === names.length
        ? { line, row: Object.fromEntries(names.map((name, index) => [name, fields[index] ?? ""])) }
        : { line, problem: `${fields.length} fields, but ${named} ${names.length}` };
  }
}

function* recordsOf(text: string): Generator<{ readonly fields: readonly string[]; readonly line: number }> {
  let fields: string[] = [];
  let line = 1;
  let start = 1;
  for (const match of text.matchAll(/("[^"]*(?:""[^"]*)*"[^,\r\n]*|[^,\r\n]*)(,|\r\n?|\n|$)/gu)) {
    const [, cell = "", end = ""] = match;
    fields.push(cell.startsWith('"') ? cell.replace(/^"|"(?=[^"]*$)/g, "").replaceAll('""', '"') : cell);
    line += cell.split("\n").length - 1;
    if (end === ",") continue;
    line += end === "" ? 0 : 1;
    yield { fields, line: start };
    fields = [];
    start = line;
    if (end === "") break;
  }
}
