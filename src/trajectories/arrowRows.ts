import { DataType, makeData, Table, Vector, vectorFromArray } from "apache-arrow";
import type { Float32, Int32, List, Schema } from "apache-arrow";

/** A row to be written, by column name. */
export type Row = Record<string, unknown>;

/** Rows as an Arrow table of a schema. Lists of numbers go over as whole arrays: one by one takes ten times as long. */
export function arrowTable(schema: Schema, rows: readonly Row[]): Table {
  const columns = schema.fields.map(({ name, type }): [string, Vector] => {
    const cells = rows.map((row) => row[name] ?? null);
    return [name, isNumberList(type) ? numberListVector(type, cells) : vectorFromArray(cells, type)];
  });
  return new Table(schema, Object.fromEntries(columns));
}

function isNumberList(type: DataType): type is List<Int32 | Float32> {
  return DataType.isList(type) && (DataType.isInt(type.children[0]?.type) || DataType.isFloat(type.children[0]?.type));
}

function numberListVector(type: List<Int32 | Float32>, cells: readonly unknown[]): Vector {
  const lists = cells.map((cell): ArrayLike<number> => {
    if (!Array.isArray(cell)) throw new TypeError(`expected a list of numbers, got ${String(cell)}`);
    return cell as number[];
  });
  const valueOffsets = new Int32Array(lists.length + 1);
  for (const [index, list] of lists.entries()) valueOffsets[index + 1] = (valueOffsets[index] ?? 0) + list.length;
  const item = type.children[0]?.type;
  const data = DataType.isFloat(item) ? new Float32Array(valueOffsets.at(-1) ?? 0) : new Int32Array(valueOffsets.at(-1) ?? 0);
  for (const [index, list] of lists.entries()) data.set(list, valueOffsets[index]);
  const child = data instanceof Float32Array ? makeData({ type: item as Float32, data }) : makeData({ type: item as Int32, data });
  return new Vector([makeData({ type, length: lists.length, nullCount: 0, valueOffsets, child })]);
}
