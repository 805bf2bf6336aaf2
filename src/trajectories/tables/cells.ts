import type { Table as ArrowTable, Vector } from "apache-arrow";
import { z } from "zod";

/** Reads single cells of an Arrow table; a cell that is not of the type asked for is an error that names its column. */
export interface CellReader {
  text(column: string, row: number): string;
  number(column: string, row: number): number;
  flag(column: string, row: number): boolean;
  numbers(column: string, row: number): number[];
  texts(column: string, row: number): string[];
}

export function cellReader(table: ArrowTable): CellReader {
  const columns = new Map<string, Vector>();
  const cell = (name: string, row: number): unknown => {
    let column = columns.get(name);
    if (column === undefined) {
      column = table.getChild(name) ?? undefined;
      if (column === undefined) throw new Error(`the table has no column "${name}"`);
      columns.set(name, column);
    }
    return column.get(row);
  };
  const typed = <T>(schema: z.ZodType<T>, name: string, row: number): T => {
    const parsed = schema.safeParse(cell(name, row));
    if (parsed.success) return parsed.data;
    throw new Error(`row ${row}, column "${name}": ${parsed.error.issues[0]?.message ?? "wrong type"}`);
  };
  const list = (name: string, row: number): Iterable<unknown> => {
    const value = cell(name, row);
    if (typeof value === "object" && value !== null && Symbol.iterator in value) return value as Iterable<unknown>;
    throw new Error(`row ${row}, column "${name}": expected a list`);
  };
  return {
    text: (name, row) => typed(z.string(), name, row),
    number: (name, row) => typed(z.number(), name, row),
    flag: (name, row) => typed(z.boolean(), name, row),
    numbers: (name, row) => numbersOf(cell(name, row), name, row),
    texts: (name, row) => z.array(z.string()).parse([...list(name, row)]),
  };
}

/** A numeric list is read as its typed array: going through elements one by one takes ten times as long. */
function numbersOf(value: unknown, name: string, row: number): number[] {
  if (typeof value === "object" && value !== null && "toArray" in value && typeof value.toArray === "function") {
    const array: unknown = value.toArray();
    if (array instanceof Int32Array || array instanceof Float32Array) return Array.from(array);
  }
  throw new Error(`row ${row}, column "${name}": expected a list of numbers`);
}
