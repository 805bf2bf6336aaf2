import { Bool, DataType, makeData, Precision, Table, Utf8, Vector, vectorFromArray } from "apache-arrow";
import type { FixedSizeList, Float32, Int32, List, Schema } from "apache-arrow";
import "./allNullFlags.ts";

/** A row to be written, by column name. */
export type Row = Record<string, unknown>;

/** Rows as an Arrow table of a schema. */
export function arrowTable(schema: Schema, rows: readonly Row[]): Table {
  const columns = schema.fields.map(({ name, type }): [string, Vector] => [
    name,
    columnVector(
      type,
      rows.map((row) => row[name] ?? null),
    ),
  ]);
  return new Table(schema, Object.fromEntries(columns));
}

/**
 * Arrow's own builders take one cell at a time and ten times as long. The most frequent types are therefore passed as
 * whole arrays.
 */
function columnVector(type: DataType, cells: readonly unknown[]): Vector {
  if (isNumberList(type)) return numberListVector(type, cells);
  if (DataType.isUtf8(type) && cells.every((cell) => typeof cell === "string")) return textVector(cells);
  if (DataType.isInt(type) && type.bitWidth === 32 && cells.every((cell) => typeof cell === "number"))
    return new Vector([makeData({ type, data: Int32Array.from(cells) })]);
  if (isTextList(type)) return textListVector(type, cells);
  if (DataType.isBool(type)) return flagVector(cells);
  if (isVector(type) && cells.every((cell) => cell instanceof Float32Array)) return fixedVectors(type, cells);
  return vectorFromArray(cells, type);
}

function isNumberList(type: DataType): type is List<Int32 | Float32> {
  return DataType.isList(type) && (DataType.isInt(type.children[0]?.type) || DataType.isFloat(type.children[0]?.type));
}

function isTextList(type: DataType): type is List<Utf8> {
  return DataType.isList(type) && DataType.isUtf8(type.children[0]?.type);
}

function isVector(type: DataType): type is FixedSizeList<Float32> {
  return (
    DataType.isFixedSizeList(type) &&
    DataType.isFloat(type.children[0]?.type) &&
    type.children[0].type.precision === Precision.SINGLE
  );
}

function fixedVectors(type: FixedSizeList<Float32>, cells: readonly Float32Array[]): Vector {
  const data = new Float32Array(cells.length * type.listSize);
  for (const [index, cell] of cells.entries()) {
    if (cell.length !== type.listSize)
      throw new RangeError(`a vector of ${cell.length} numbers where ${type.listSize} are wanted`);
    data.set(cell, index * type.listSize);
  }
  const child = makeData({ type: type.children[0]?.type as Float32, data });
  return new Vector([makeData({ type, length: cells.length, nullCount: 0, child })]);
}

/** With room for every cell, also where all are null: see allNullFlags.ts. */
function flagVector(cells: readonly unknown[]): Vector<Bool> {
  const bytes = Math.ceil(cells.length / 8);
  const [data, nullBitmap] = [new Uint8Array(bytes), new Uint8Array(bytes)];
  for (const [index, cell] of cells.entries()) {
    if (cell === null) continue;
    if (typeof cell !== "boolean") throw new TypeError(`expected true or false, got ${typeof cell}`);
    const bit = 1 << (index % 8);
    nullBitmap[index >> 3] = (nullBitmap[index >> 3] ?? 0) | bit;
    if (cell) data[index >> 3] = (data[index >> 3] ?? 0) | bit;
  }
  const nullCount = cells.filter((cell) => cell === null).length;
  return new Vector([makeData({ type: new Bool(), length: cells.length, nullCount, nullBitmap, data })]);
}

function textVector(texts: readonly string[]): Vector<Utf8> {
  const valueOffsets = new Int32Array(texts.length + 1);
  for (const [index, text] of texts.entries())
    valueOffsets[index + 1] = (valueOffsets[index] ?? 0) + Buffer.byteLength(text);
  const data = Buffer.alloc(valueOffsets.at(-1) ?? 0);
  for (const [index, text] of texts.entries()) data.write(text, valueOffsets[index] ?? 0);
  return new Vector([makeData({ type: new Utf8(), length: texts.length, nullCount: 0, valueOffsets, data })]);
}

function textListVector(type: List<Utf8>, cells: readonly unknown[]): Vector {
  const lists = listsOf<string>(cells);
  const [child] = textVector(lists.flat()).data;
  if (child === undefined) throw new Error("a vector has no data");
  return new Vector([makeData({ type, length: lists.length, nullCount: 0, valueOffsets: offsetsOf(lists), child })]);
}

function numberListVector(type: List<Int32 | Float32>, cells: readonly unknown[]): Vector {
  const lists = listsOf<number>(cells);
  const valueOffsets = offsetsOf(lists);
  const item = type.children[0]?.type;
  const data = DataType.isFloat(item)
    ? new Float32Array(valueOffsets.at(-1) ?? 0)
    : new Int32Array(valueOffsets.at(-1) ?? 0);
  for (const [index, list] of lists.entries()) data.set(list, valueOffsets[index]);
  const child =
    data instanceof Float32Array ? makeData({ type: item as Float32, data }) : makeData({ type: item as Int32, data });
  return new Vector([makeData({ type, length: lists.length, nullCount: 0, valueOffsets, child })]);
}

function listsOf<T>(cells: readonly unknown[]): T[][] {
  return cells.map((cell) => {
    if (!Array.isArray(cell)) throw new TypeError(`expected a list, got ${String(cell)}`);
    return cell as T[];
  });
}

/** Where each list begins among the values of all, and the end of the last. */
function offsetsOf(lists: readonly (readonly unknown[])[]): Int32Array {
  const offsets = new Int32Array(lists.length + 1);
  for (const [index, list] of lists.entries()) offsets[index + 1] = (offsets[index] ?? 0) + list.length;
  return offsets;
}
