import { z } from "zod";
import type { Database } from "./database.ts";
import { openRecordTable } from "./recordTable.ts";

const LikelihoodRow = z.object({ key: z.string(), value: z.number() });

/** Log-likelihoods by content hash; all are kept in memory. */
export interface LikelihoodTable {
  append(likelihoods: ReadonlyMap<string, number>): Promise<void>;
  read(): Promise<ReadonlyMap<string, number>>;
  close(): void;
}

/** Opens the table `likelihoods`, which is made when it is missing. */
export async function openLikelihoodTable(database: Database): Promise<LikelihoodTable> {
  const known = new Map<string, number>();
  const takeRow = (row: unknown): void => {
    const { key, value } = LikelihoodRow.parse(row);
    if (!known.has(key)) known.set(key, value);
  };
  const table = await openRecordTable(database, {
    name: "likelihoods",
    columns: { key: "text", value: "number" },
    indexed: Object.keys(LikelihoodRow.shape),
    takeRow,
  });
  return {
    append: (likelihoods) => table.append([...likelihoods].map(([key, value]) => ({ key, value }))),
    read: async () => {
      await table.refresh();
      return known;
    },
    close: () => table.close(),
  };
}
