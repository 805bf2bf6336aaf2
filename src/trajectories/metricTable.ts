import { randomUUID } from "node:crypto";
import type { Connection } from "@lancedb/lancedb";
import { schemaOf } from "./tables/columns.ts";
import { openAppendTable } from "./appendTable.ts";
import { addressKey } from "./history.ts";
import type { OutcomeEntry } from "./history.ts";
import type { IterationRecord } from "./records.ts";
import { metricColumns, metricRows, MetricRow } from "./tables/metrics.ts";

export interface MetricTable {
  append(record: IterationRecord, planHash: string): Promise<void>;
  /** Metrics of the steps with an outcome, by address; of several attempts at one step the first counts. */
  read(outcomes: ReadonlyMap<string, OutcomeEntry>): Promise<Map<string, IterationRecord>>;
  close(): void;
}

export async function openMetricTable(connection: Connection): Promise<MetricTable> {
  const table = await openAppendTable(connection, "metrics", schemaOf({ ...metricColumns, writtenAt: "time" }));
  return {
    append: (record, planHash) => table.append(metricRows(record, planHash, randomUUID()).map((row) => ({ ...row, writtenAt: new Date() }))),
    read: async (outcomes) => {
      await table.refresh();
      const rows = await table.scan(Object.keys(metricColumns), 0);
      return collect(rows.map(({ row }) => MetricRow.parse(row)), outcomes);
    },
    close: () => table.close(),
  };
}

function collect(rows: readonly MetricRow[], outcomes: ReadonlyMap<string, OutcomeEntry>): Map<string, IterationRecord> {
  const records = new Map<string, IterationRecord & { readonly writeId: string }>();
  for (const { name, value, planHash, ...address } of rows) {
    const key = addressKey(address);
    if (outcomes.get(key)?.planHash !== planHash) continue;
    const record = records.get(key) ?? { ...address, metrics: {} };
    if (record.writeId === address.writeId) record.metrics[name] = value;
    records.set(key, record);
  }
  return new Map([...records].map(([key, { branch, step, stage, iteration, metrics }]) => [key, { branch, step, stage, iteration, metrics }]));
}
