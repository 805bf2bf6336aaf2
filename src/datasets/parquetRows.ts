import type { SchemaElement } from "hyparquet";
import { parquetWriteFile } from "hyparquet-writer";
import type { TrainingRow } from "../benchmarks/trainingRow.ts";

const text = (name: string): SchemaElement => ({ name, type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "REQUIRED" });
const number = (name: string, type: "INT64" | "FLOAT"): SchemaElement => ({ name, type, repetition_type: "REQUIRED" });
const group = (name: string, children: number): SchemaElement => ({ name, repetition_type: "REQUIRED", num_children: children });

/** A list, to be followed by its elements. */
const list = (name: string): SchemaElement[] => [{ name, converted_type: "LIST", repetition_type: "REQUIRED", num_children: 1 }, { name: "list", repetition_type: "REPEATED", num_children: 1 }];

/** The nested columns that verl's loader expects: a prompt is a list of messages. */
const schema: SchemaElement[] = [
  [{ name: "root", num_children: 5 }],
  text("data_source"),
  list("prompt"),
  group("element", 2), text("role"), text("content"),
  text("ability"),
  group("reward_model", 2), text("style"), text("ground_truth"),
  group("extra_info", 5), text("split"), number("index", "INT64"), text("question"), text("embedder"),
  list("embeddings"), list("element"), number("element", "FLOAT"),
].flat();

/** Writes training rows as one parquet file. */
export function writeParquetRows(filename: string, rows: readonly TrainingRow[]): void {
  const extra = ({ extra_info: { split = "", index = 0, question = "", embedder = "", embeddings = [] } }: TrainingRow): unknown => ({ split, index: BigInt(index), question, embedder, embeddings });
  const column = (name: string, data: unknown[]) => ({ name, data });
  parquetWriteFile({
    filename,
    schema,
    columnData: [
      column("data_source", rows.map((row) => row.data_source)),
      column("prompt", rows.map((row) => row.prompt)),
      column("ability", rows.map((row) => row.ability)),
      column("reward_model", rows.map((row) => row.reward_model)),
      column("extra_info", rows.map(extra)),
    ],
  });
}
