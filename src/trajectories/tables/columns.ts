import { Bool, Field, Float32, Float64, Int32, List, Schema, TimestampMillisecond, Utf8 } from "apache-arrow";
import type { DataType } from "apache-arrow";

const types = {
  text: () => new Utf8(),
  /** JSON. */
  json: () => new Utf8(),
  integer: () => new Int32(),
  number: () => new Float64(),
  flag: () => new Bool(),
  time: () => new TimestampMillisecond(),
  integers: () => new List(new Field("item", new Int32(), false)),
  floats: () => new List(new Field("item", new Float32(), false)),
  texts: () => new List(new Field("item", new Utf8(), false)),
} satisfies Record<string, () => DataType>;

export type ColumnType = keyof typeof types;

/** Columns by name; a type that ends in "?" takes nulls. */
export type Columns = Readonly<Record<string, ColumnType | `${ColumnType}?`>>;

/** The Arrow schema of a table's columns. */
export function schemaOf(columns: Columns): Schema {
  return new Schema(
    Object.entries(columns).map(([name, type]) => {
      const nullable = type.endsWith("?");
      return new Field(name, types[type.replace("?", "") as ColumnType](), nullable);
    }),
  );
}
