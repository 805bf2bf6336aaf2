import type { SchemaElement } from "hyparquet";
import { fileWriter, ParquetWriter } from "hyparquet-writer";
import { createRest } from "../eventLoop/rest.ts";
import { replaceAtomically } from "../files/atomicWrite.ts";
import type { StudyCell } from "./studyResult.ts";

type Value = string | number | null;
type Row = readonly Value[];

/** A flat table: a column each, and a cell's rows. */
interface Table {
  readonly columns: readonly { readonly name: string; readonly type: "text" | "whole" | "number" }[];
  readonly rowsOf: (cell: StudyCell) => Row[];
}

const address = [
  { name: "arm", type: "text" },
  { name: "regime", type: "text" },
  { name: "world", type: "whole" },
  { name: "seed", type: "whole" },
  { name: "run", type: "text" },
] as const;

const addressOf = ({ arm, regime, world, seed, run }: StudyCell): Row => [arm, regime, world, seed, run];

/** Right answers and answers by checkpoint, pool and disease. */
const answers: Table = {
  columns: [
    ...address,
    { name: "update", type: "whole" },
    { name: "checkpoint", type: "text" },
    { name: "pool", type: "text" },
    { name: "cluster", type: "text" },
    { name: "group", type: "text" },
    { name: "right", type: "whole" },
    { name: "total", type: "whole" },
  ],
  rowsOf: (cell) =>
    (cell.outcome?.checkpoints ?? []).flatMap(({ update, checkpoint, pools }) =>
      pools.flatMap(({ pool, byCluster }) =>
        byCluster.total.map((total, index): Row => {
          const cluster = cell.outcome?.pools.find((one) => one.pool === pool)?.clusters[index];
          const counts = [byCluster.right[index] ?? null, total];
          return [
            ...addressOf(cell),
            update,
            checkpoint,
            pool,
            cluster?.name ?? null,
            cluster?.group ?? null,
            ...counts,
          ];
        }),
      ),
    ),
};

/** Everything else that is a number: by update of training, by checkpoint and pool, and of the run as a whole. */
const measurements: Table = {
  columns: [
    ...address,
    { name: "status", type: "text" },
    { name: "of", type: "text" },
    { name: "update", type: "whole" },
    { name: "pool", type: "text" },
    { name: "name", type: "text" },
    { name: "value", type: "number" },
  ],
  rowsOf: (cell) => {
    const row = (of: string, update: number | null, pool: string | null, name: string, value: number | null): Row => [
      ...addressOf(cell),
      cell.status,
      of,
      update,
      pool,
      name,
      value,
    ];
    if (cell.outcome === null) return [row("run", null, null, "finished", 0)];
    const { curve, checkpoints, spent, updates, samples } = cell.outcome;
    return [
      ...Object.entries({ finished: 1, updates, samples, ...spent }).map(([name, value]) =>
        row("run", null, null, name, value),
      ),
      ...checkpoints.flatMap(({ update, pools }) =>
        pools.flatMap(({ pool, ungraded, metrics }) =>
          Object.entries({ ungraded, ...metrics }).map(([name, value]) => row("checkpoint", update, pool, name, value)),
        ),
      ),
      ...Object.entries(curve.metrics).flatMap(([name, values]) =>
        values.map((value, point) => row("training", point * curve.every, null, name, value)),
      ),
    ];
  },
};

/** The files that hold every number of a study. */
const tables: readonly (readonly [string, Table])[] = [
  ["answers.parquet", answers],
  ["measurements.parquet", measurements],
];

/** Writes `answers.parquet` and `measurements.parquet`, a row group a run. Failed and unfinished runs have a row in the second. */
export async function writeStudyTables(folder: string, cells: readonly StudyCell[]): Promise<void> {
  for (const [name, table] of tables)
    await replaceAtomically(`${folder}/${name}`, (temporary) => writeTable(temporary, table, cells));
}

async function writeTable(filename: string, { columns, rowsOf }: Table, cells: readonly StudyCell[]): Promise<void> {
  const elements = columns.map(
    ({ name, type }): SchemaElement => ({ name, ...types[type], repetition_type: "OPTIONAL" }),
  );
  const schema: SchemaElement[] = [{ name: "root", num_children: columns.length }, ...elements];
  const file = new ParquetWriter({ writer: fileWriter(filename), schema });
  const rest = createRest();
  for (const cell of cells) {
    const rows = rowsOf(cell);
    if (rows.length === 0) continue;
    const columnData = columns.map(({ name, type }, index) => ({
      name,
      data: rows.map((row) => (type === "whole" ? whole(row[index]) : (row[index] ?? null))),
    }));
    await file.write({ columnData });
    await rest();
  }
  await file.finish();
}

const types = {
  text: { type: "BYTE_ARRAY", converted_type: "UTF8" },
  whole: { type: "INT64" },
  number: { type: "DOUBLE" },
} as const;

function whole(value: Value | undefined): bigint | null {
  return typeof value === "number" ? BigInt(value) : null;
}
