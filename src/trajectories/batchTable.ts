import { randomUUID } from "node:crypto";
import type { Table as ArrowTable } from "apache-arrow";
import { z } from "zod";
import type { BatchReceipt } from "../domain/step.ts";
import { idRange, openAppendTable } from "./appendTable.ts";
import type { Row } from "./arrowRows.ts";
import type { Database } from "./database.ts";
import { DamagedLogError } from "./damage.ts";
import { BatchAddress, BatchDetails } from "./records.ts";
import { schemaOf } from "./tables/columns.ts";
import type { Columns } from "./tables/columns.ts";
import { createTail } from "./tail.ts";

/** Columns that tie rows to a batch: which one, where it belongs, how large it is and what it holds. */
const batchColumns = {
  batchId: "text",
  branch: "text",
  stage: "integer",
  iteration: "integer",
  shard: "integer",
  position: "integer",
  batchCount: "integer",
  batchHash: "text",
  fingerprint: "text",
  timings: "json",
  attempt: "integer",
  writtenAt: "time",
} as const satisfies Columns;

const IndexRow = BatchAddress.extend({
  batchId: z.string(),
  batchCount: z.number(),
  batchHash: z.string(),
  fingerprint: z.string(),
  timings: z.string(),
  attempt: z.number(),
});
const indexColumns = Object.keys(IndexRow.shape);

/** Says how a kind of item is stored. */
export interface BatchFormat<T> {
  readonly name: string;
  readonly columns: Columns;
  read(table: ArrowTable): T[];
  hash(items: readonly T[]): string;
}

/** Items appended in batches, each in one commit; found by address, read by receipt. */
export interface BatchTable<T> {
  append(
    address: BatchAddress,
    items: readonly T[],
    rows: readonly Row[],
    details: BatchDetails,
  ): Promise<BatchReceipt>;
  find(address: BatchAddress): Promise<BatchReceipt | null>;
  read(receipt: BatchReceipt): Promise<T[]>;
  details(receipt: BatchReceipt): Promise<BatchDetails>;
  addressOf(receipt: BatchReceipt): Promise<BatchAddress>;
  close(): void;
}

interface StoredBatch {
  readonly address: BatchAddress;
  readonly details: BatchDetails;
  /** Id of its first row. */
  readonly start: number;
  rows: number;
  readonly receipt: BatchReceipt;
}

/**
 * Opens the table of a kind of batch, which is made when it is missing. Batches that are incomplete or damaged do not
 * count.
 */
export async function openBatchTable<T>(database: Database, format: BatchFormat<T>): Promise<BatchTable<T>> {
  const columns = { ...batchColumns, ...format.columns };
  const itemColumns = [...Object.keys(BatchAddress.shape), ...Object.keys(format.columns)];
  const table = await openAppendTable(database, format.name, schemaOf(columns));
  const batches = new Map<string, StoredBatch>();
  const byAddress = new Map<string, StoredBatch[]>();

  const takeRow = (row: Row, id: number): void => {
    const known = batches.get(String(row["batchId"]));
    if (known !== undefined) return void known.rows++;
    const { batchId, batchCount, batchHash, fingerprint, timings, attempt, ...address } = IndexRow.parse(row);
    const details = BatchDetails.parse({ fingerprint, timings: JSON.parse(timings), attempt });
    const batch = { address, details, start: id, rows: 1, receipt: { batchId, count: batchCount, hash: batchHash } };
    batches.set(batchId, batch);
    const key = addressKey(address);
    byAddress.set(key, [...(byAddress.get(key) ?? []), batch]);
  };
  const tail = createTail(table, indexColumns, takeRow);

  const locate = async (receipt: BatchReceipt): Promise<StoredBatch> => {
    if (!batches.has(receipt.batchId)) await tail.refresh();
    const batch = batches.get(receipt.batchId);
    if (batch === undefined) throw new DamagedLogError(`table "${format.name}" has no batch ${receipt.batchId}`);
    return batch;
  };

  const read = async (receipt: BatchReceipt): Promise<T[]> => {
    const { start } = await locate(receipt);
    const rows = await table.take(itemColumns, idRange(start, receipt.count));
    if (rows.numRows !== receipt.count)
      throw new DamagedLogError(`table "${format.name}": batch ${receipt.batchId} is not whole`);
    const items = format.read(rows);
    const hash = format.hash(items);
    if (hash === receipt.hash) return items;
    throw new DamagedLogError(
      `table "${format.name}": batch ${receipt.batchId} has hash ${hash}, expected ${receipt.hash}`,
    );
  };

  return {
    append: async (address, items, rows, details) => {
      if (items.length === 0) throw new RangeError("a batch needs at least one item");
      const receipt = { batchId: randomUUID(), count: items.length, hash: format.hash(items) };
      const common = {
        ...BatchAddress.parse(address),
        batchId: receipt.batchId,
        batchCount: receipt.count,
        batchHash: receipt.hash,
        fingerprint: details.fingerprint,
        timings: JSON.stringify(details.timings),
        attempt: details.attempt,
        writtenAt: new Date(),
      };
      await tail.append(rows.map((row, position) => ({ ...common, position, ...row })));
      return receipt;
    },
    find: async (address) => {
      await tail.refresh();
      for (const { rows, receipt } of byAddress.get(addressKey(address)) ?? []) {
        if (rows === receipt.count && (await isReadable(() => read(receipt)))) return receipt;
      }
      return null;
    },
    read,
    details: async (receipt) => (await locate(receipt)).details,
    addressOf: async (receipt) => (await locate(receipt)).address,
    close: () => table.close(),
  };
}

async function isReadable(read: () => Promise<unknown>): Promise<boolean> {
  try {
    await read();
    return true;
  } catch (error) {
    if (error instanceof DamagedLogError) return false;
    throw error;
  }
}

function addressKey({ branch, stage, iteration, shard }: BatchAddress): string {
  return JSON.stringify([branch, stage, iteration, shard]);
}
