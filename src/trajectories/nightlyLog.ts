import { z } from "zod";
import { openDatabase } from "./database.ts";
import { openListTable } from "./listTable.ts";
import { PolicyAddress } from "../domain/address.ts";
import { QuestionResult } from "./records.ts";

/** Answers of one policy of one run to one pool of questions in a nightly evaluation; `night` is its date. */
export const NightlyRecord = PolicyAddress.extend({
  /** ISO date, e.g. 2026-11-21. */
  night: z.iso.date(),
  run: z.string().min(1),
  pool: z.string().min(1),
  results: z.array(QuestionResult),
});
export type NightlyRecord = z.infer<typeof NightlyRecord>;

/** The history of nightly evaluations of all runs under a root. */
export interface NightlyLog {
  /** Oldest first. Of what was recorded twice (an attempt that died after it wrote), the first counts. */
  records(): Promise<readonly NightlyRecord[]>;
  append(record: NightlyRecord): Promise<void>;
  close(): void;
}

/** Opens the history in a folder's database, which is made when it is missing. */
export async function openNightlyLog(folder: string): Promise<NightlyLog> {
  const table = await openListTable<NightlyRecord>(await openDatabase(folder), {
    name: "nights",
    columns: { night: "text", run: "text", branch: "text", step: "integer", pool: "text", results: "text" },
    toRow: (record) => ({ ...record, results: JSON.stringify(record.results) }),
    fromRow: (row) =>
      NightlyRecord.parse({ ...row, step: Number(row["step"]), results: JSON.parse(String(row["results"])) }),
  });
  return {
    records: async () => {
      await table.refresh();
      const first = new Map(table.records.toReversed().map((record) => [keyOf(record), record]));
      return [...first.values()].toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    },
    append: (record) => table.append(record),
    close: () => table.close(),
  };
}

function keyOf({ night, run, pool }: NightlyRecord): string {
  return JSON.stringify([night, run, pool]);
}
