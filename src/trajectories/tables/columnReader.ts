import type { Table as ArrowTable, Vector } from "apache-arrow";
import { z } from "zod";

/** Reads whole columns of an Arrow table; one that is missing or of another type is an error that names it. */
export interface ColumnReader {
  texts(column: string): string[];
  numbers(column: string): number[];
  flags(column: string): boolean[];
  numberLists(column: string): number[][];
  textLists(column: string): string[][];
}

/** Reads the columns of one Arrow table. */
export function columnReader(table: ArrowTable): ColumnReader {
  const column = (name: string): Vector => {
    const found = table.getChild(name);
    if (found === null) throw new Error(`the table has no column "${name}"`);
    return found;
  };
  const typed = <T>(schema: z.ZodType<T>, name: string): T[] => {
    const parsed = z.array(schema).safeParse([...column(name)]);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw new Error(`column "${name}", row ${String(issue?.path[0])}: ${issue?.message ?? "wrong type"}`);
  };
  return {
    texts: (name) => typed(z.string(), name),
    numbers: (name) => typed(z.number(), name),
    flags: (name) => typed(z.boolean(), name),
    numberLists: (name) => lists(column(name), (values) => Array.from(numberArray(values, name))),
    textLists: (name) => lists(column(name), (values) => z.array(z.string()).parse([...values])),
  };
}

/** Reads all lists of a column as one array and cuts it at the lists' ends: list by list takes ten times as long. */
function lists<T>(column: Vector, readValues: (values: Vector) => T[]): T[][] {
  const child = column.getChildAt(0);
  if (child === null) throw new Error("expected a column of lists");
  const values = readValues(child);
  let chunkStart = 0;
  return column.data.flatMap((chunk) => {
    const start = chunkStart;
    chunkStart += chunk.children[0]?.length ?? 0;
    const offsets: Int32Array = chunk.valueOffsets;
    return Array.from({ length: chunk.length }, (_, row) =>
      values.slice(start + (offsets[row] ?? 0), start + (offsets[row + 1] ?? 0)),
    );
  });
}

function numberArray(values: Vector, name: string): Int32Array | Float32Array {
  const array: unknown = values.toArray();
  if (array instanceof Int32Array || array instanceof Float32Array) return array;
  throw new Error(`column "${name}": expected lists of numbers`);
}
