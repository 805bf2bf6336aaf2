/** Rows of a comma-separated text by the names of its header (RFC 4180), with the line each begins on. */
export function parseCsv(text: string): { readonly row: Record<string, string>; readonly line: number }[] {
  const [header, ...records] = splitRecords(text.replace(/^\uFEFF/, ""));
  const names = header?.fields ?? [];
  return records.flatMap(({ fields, line }) => {
    if (fields.length === 1 && fields[0] === "") return [];
    if (fields.length !== names.length) throw new Error(`line ${line}: ${fields.length} fields, but the header names ${names.length}`);
    return [{ row: Object.fromEntries(names.map((name, index) => [name.trim(), fields[index] ?? ""])), line }];
  });
}

function splitRecords(text: string): { readonly fields: string[]; readonly line: number }[] {
  const records: { fields: string[]; line: number }[] = [];
  let fields: string[] = [];
  let line = 1;
  let start = 1;
  for (const match of text.matchAll(/("(?:[^"]|"")*"|[^,\r\n]*)(,|\r?\n|$)/gu)) {
    const [, cell = "", end = ""] = match;
    fields.push(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell);
    line += cell.split("\n").length - 1;
    if (end === ",") continue;
    line += end === "" ? 0 : 1;
    records.push({ fields, line: start });
    fields = [];
    start = line;
    if (end === "") break;
  }
  return records;
}
