import type { SchemaElement } from "hyparquet";
import { fileWriter, ParquetWriter } from "hyparquet-writer";
import { createRest } from "../eventLoop/rest.ts";
import type { ColumnSource } from "hyparquet-writer";
import type { TrainingRow } from "../benchmarks/trainingRow.ts";

const text = (name: string): SchemaElement => ({
  name,
  type: "BYTE_ARRAY",
  converted_type: "UTF8",
  repetition_type: "REQUIRED",
});
const number = (name: string, type: "INT64" | "FLOAT"): SchemaElement => ({ name, type, repetition_type: "REQUIRED" });
const group = (name: string, children: number): SchemaElement => ({
  name,
  repetition_type: "REQUIRED",
  num_children: children,
});

/** A list, to be followed by its elements. */
const list = (name: string): SchemaElement[] => [
  { name, converted_type: "LIST", repetition_type: "REQUIRED", num_children: 1 },
  { name: "list", repetition_type: "REPEATED", num_children: 1 },
];

/** The nested columns that verl's loader expects: a prompt is a list of messages. */
const schema: SchemaElement[] = [
  [{ name: "root", num_children: 5 }],
  text("data_source"),
  list("prompt"),
  group("element", 2),
  text("role"),
  text("content"),
  text("ability"),
  group("reward_model", 2),
  text("style"),
  text("ground_truth"),
  group("extra_info", 5),
  text("split"),
  number("index", "INT64"),
  text("question"),
  text("embedder"),
  list("embeddings"),
  list("element"),
  number("element", "FLOAT"),
].flat();

/** Rows that are encoded in one piece; vectors make them large. */
const rowsAtOnce = 250;

/** Writes training rows as one parquet file, in row groups. */
export async function writeParquetRows(filename: string, rows: readonly TrainingRow[]): Promise<void> {
  const file = new ParquetWriter({ writer: fileWriter(filename), schema });
  const rest = createRest();
  for (let start = 0; start === 0 || start < rows.length; start += rowsAtOnce) {
    await file.write({ columnData: columnsOf(rows.slice(start, start + rowsAtOnce)) });
    await rest();
  }
  await file.finish();
}

function columnsOf(rows: readonly TrainingRow[]): ColumnSource[] {
  const extra = ({ extra_info: { split, index, question, embedder = "", embeddings = [] } }: TrainingRow): unknown => ({
    split,
    index: BigInt(index),
    question,
    embedder,
    embeddings,
  });
  const column = (name: string, data: unknown[]): ColumnSource => ({ name, data });
  return [
    column(
      "data_source",
      rows.map((row) => row.data_source),
    ),
    column(
      "prompt",
      rows.map((row) => row.prompt),
    ),
    column(
      "ability",
      rows.map((row) => row.ability),
    ),
    column(
      "reward_model",
      rows.map((row) => row.reward_model),
    ),
    column("extra_info", rows.map(extra)),
  ];
}
