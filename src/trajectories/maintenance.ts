import { join } from "node:path";
import type { Connection, Table } from "@lancedb/lancedb";
import { z } from "zod";
import { openDatabase } from "./database.ts";
import { databaseFolder } from "./lanceLog.ts";
import { PlanCell } from "./tables/stepRows.ts";

export interface MaintenanceOptions {
  /** Versions of the tables younger than this are kept, for readers that are in the middle of one. */
  readonly keepVersionsMinutes: number;
}

export interface MaintenanceReport {
  /** Rows of batches that no plan will ever name. */
  readonly sweptRows: number;
  readonly bytesFreed: number;
}

const Address = z.object({ batchId: z.string(), branch: z.string(), stage: z.number(), iteration: z.number() });
type Address = z.infer<typeof Address>;

/**
 * Keeps a run's log small and fast: sweeps orphaned batches, merges small files, removes old versions. The only place
 * that deletes or rewrites; safe beside processes that append and read. Run it every some hundred iterations.
 */
export async function maintainLog(
  runFolder: string,
  { keepVersionsMinutes }: MaintenanceOptions,
): Promise<MaintenanceReport> {
  const { connection } = await openDatabase(join(runFolder, databaseFolder));
  try {
    const plans = await readPlans(connection);
    const trajectories = new Set(plans.flatMap((plan) => plan.batches.map(({ batchId }) => batchId)));
    const planned = new Set(plans.map(placeOf));
    const sweptRows = await sweep(connection, trajectories, planned);
    let bytesFreed = 0;
    for (const name of await connection.tableNames())
      bytesFreed += await compact(await connection.openTable(name), keepVersionsMinutes);
    return { sweptRows, bytesFreed };
  } finally {
    connection.close();
  }
}

/**
 * Deletes batches that no plan names, of iterations that have a plan. Without a plan, a batch may be about to get one.
 */
async function sweep(
  connection: Connection,
  named: ReadonlySet<string>,
  planned: ReadonlySet<string>,
): Promise<number> {
  if (!(await connection.tableNames()).includes("trajectories")) return 0;
  const table = await connection.openTable("trajectories");
  const addresses: Address[] = (
    await table.query().where("position = 0").select(Object.keys(Address.shape)).toArray()
  ).map((row) => Address.parse({ ...row }));
  const orphans = addresses.filter((address) => !named.has(address.batchId) && planned.has(placeOf(address)));
  if (orphans.length === 0) return 0;
  const before = await table.countRows();
  await table.delete(`batchId IN (${orphans.map(({ batchId }) => `'${z.uuid().parse(batchId)}'`).join(", ")})`);
  return before - (await table.countRows());
}

async function compact(table: Table, keepVersionsMinutes: number): Promise<number> {
  const { prune } = await table.optimize({ cleanupOlderThan: new Date(Date.now() - keepVersionsMinutes * 60_000) });
  table.close();
  return prune.bytesRemoved;
}

async function readPlans(connection: Connection): Promise<z.infer<typeof PlanCell>["plan"][]> {
  if (!(await connection.tableNames()).includes("steps")) return [];
  const table = await connection.openTable("steps");
  const rows: unknown[] = await table.query().where("kind = 'plan'").select(["plan"]).toArray();
  return rows.map((row) => PlanCell.parse(JSON.parse(z.object({ plan: z.string() }).parse(row).plan)).plan);
}

/**
 * Key of the iteration that a batch or a plan belongs to, on its branch. A plan may be on a younger branch than its
 * batches: those stay.
 */
function placeOf({
  branch,
  stage,
  iteration,
}: {
  readonly branch: string;
  readonly stage: number;
  readonly iteration: number;
}): string {
  return JSON.stringify([branch, stage, iteration]);
}
