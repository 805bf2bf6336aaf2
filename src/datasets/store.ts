import { Field, Float32, List, Schema, TimestampMillisecond, Utf8 } from "apache-arrow";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { Question } from "../domain/question.ts";
import { createRest, mapRestfully } from "../eventLoop/rest.ts";
import { replaceAtomically, writePiecesAtomically } from "../files/atomicWrite.ts";
import type { BuiltItem } from "./buildItem.ts";
import { writeParquetRows } from "./writeParquet.ts";
import { ReferenceEmbeddings, toTrainingRow } from "../benchmarks/trainingRow.ts";
import type { RejectedRow } from "../benchmarks/rejectedRows.ts";
import { countReasons } from "./reasons.ts";
import type { ReasonCounts } from "./reasons.ts";
import { openDatabase } from "../trajectories/database.ts";

/** A data set under construction: one row per source question, built or rejected. */
export interface DatasetStore {
  /** Which of the source questions are done, by their ids. */
  done(ids: readonly string[]): Promise<ReadonlySet<string>>;
  /** Appends items in one commit. */
  append(items: readonly BuiltItem[]): Promise<void>;
  /** All items, each source question once, by id. */
  items(): Promise<BuiltItem[]>;
}

const schema = new Schema([
  new Field("sourceId", new Utf8(), false),
  new Field("question", new Utf8(), true),
  new Field("embedder", new Utf8(), true),
  new Field("embeddings", new List(new Field("item", new List(new Field("item", new Float32(), false)), false)), true),
  new Field("reason", new Utf8(), true),
  new Field("writtenAt", new TimestampMillisecond(), false),
]);
const StoredItem = z.union([
  z.object({
    sourceId: z.string(),
    question: z.string().transform((json) => Question.parse(JSON.parse(json))),
    embedded: ReferenceEmbeddings,
    reason: z.null(),
  }),
  z.object({ sourceId: z.string(), question: z.null(), embedded: z.null(), reason: z.string() }),
]);

/** Opens the LanceDB table `trainingItems` of a data set's folder, making it where it is missing. */
export async function openDatasetStore(folder: string): Promise<DatasetStore> {
  const { connection } = await openDatabase(join(folder, "lance"));
  const table = await connection.createEmptyTable("trainingItems", schema, { mode: "create", existOk: true });
  return {
    done: async (ids) => {
      if (ids.length === 0) return new Set();
      await table.checkoutLatest();
      const list = ids.map((id) => `'${id.replaceAll("'", "''")}'`).join(", ");
      const rows = (await table.query().where(`sourceId IN (${list})`).select(["sourceId"]).toArray()) as {
        sourceId: string;
      }[];
      return new Set(rows.map(({ sourceId }) => sourceId));
    },
    append: async (items) => {
      const writtenAt = new Date();
      if (items.length > 0)
        await table.add(
          items.map(({ sourceId, question, embedded, reason }) => ({
            sourceId,
            question: question === null ? null : JSON.stringify(question),
            embedder: embedded?.embedder ?? null,
            embeddings: embedded?.embeddings ?? null,
            reason,
            writtenAt,
          })),
        );
    },
    items: async () => {
      await table.checkoutLatest();
      const rest = createRest();
      // A retry may have written a question twice.
      const items = new Map<string, BuiltItem>();
      for await (const batch of table.query().select(["sourceId", "question", "embedder", "embeddings", "reason"])) {
        for (const stored of batch) {
          const row = stored?.toJSON() as StoredRow;
          items.set(
            row.sourceId,
            StoredItem.parse({
              sourceId: row.sourceId,
              question: row.question ?? null,
              embedded: embeddedOf(row),
              reason: row.reason ?? null,
            }),
          );
          await rest();
        }
      }
      return [...items.values()].toSorted((a, b) => (a.sourceId < b.sourceId ? -1 : 1));
    },
  };
}

interface StoredRow {
  readonly sourceId: string;
  readonly question?: string | null;
  readonly embedder?: string | null;
  /** Arrow's own lists. */
  readonly embeddings?: Iterable<Iterable<number>> | null;
  readonly reason?: string | null;
}

function embeddedOf({ embedder, embeddings }: StoredRow): ReferenceEmbeddings | null {
  return typeof embedder === "string"
    ? { embedder, embeddings: Array.from(embeddings ?? [], (vector) => [...vector]) }
    : null;
}

export interface ExportedDataset {
  readonly accepted: number;
  readonly rejected: number;
  /** Rejections by reason. */
  readonly reasons: Readonly<Record<string, number>>;
}

/** Writes train.jsonl, train.parquet and rejects.jsonl into the data set's folder. */
export async function exportDataset(store: DatasetStore, folder: string): Promise<ExportedDataset> {
  await mkdir(folder, { recursive: true });
  const items = await store.items();
  const built = items.flatMap((item) => (item.question === null ? [] : [item]));
  const rows = await mapRestfully(built, ({ question, embedded }, index) =>
    toTrainingRow(question, "train", index, embedded),
  );
  const rejects = items.flatMap((item) =>
    item.reason === null ? [] : [{ sourceId: item.sourceId, reason: item.reason }],
  );
  await writePiecesAtomically(join(folder, "train.jsonl"), jsonLines(rows));
  await writePiecesAtomically(join(folder, "rejects.jsonl"), jsonLines(rejects));
  await replaceAtomically(join(folder, "train.parquet"), (unfinished) => writeParquetRows(unfinished, rows));
  const { count: rejected, reasons } = countReasons(rejects.map(({ reason }) => reason));
  return { accepted: rows.length, rejected, reasons };
}

/** Writes the rows of the source that give no question into left-out.jsonl of the data set's folder, with their places; counts them by reason. */
export async function writeLeftOut(folder: string, leftOut: readonly RejectedRow[]): Promise<ReasonCounts> {
  await mkdir(folder, { recursive: true });
  await writePiecesAtomically(join(folder, "left-out.jsonl"), jsonLines(leftOut));
  return countReasons(leftOut.map(({ reason }) => reason));
}

function* jsonLines(rows: readonly unknown[]): Generator<string> {
  for (const row of rows) yield `${JSON.stringify(row)}\n`;
}
