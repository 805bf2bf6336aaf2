import { connect } from "@lancedb/lancedb";
import fc from "fast-check";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openAppendTable } from "../../src/trajectories/appendTable.ts";
import { openDatabase } from "../../src/trajectories/database.ts";
import { schemaOf } from "../../src/trajectories/tables/columns.ts";
import { createTail } from "../../src/trajectories/tail.ts";

/** A process that appends to the table and keeps an index of it. */
async function openProcess(folder: string) {
  const table = await openAppendTable(await openDatabase(folder), "numbers", schemaOf({ value: "integer" }));
  const index = new Map<number, number>();
  const tail = createTail(table, ["value"], (row, id) => void index.set(Number(row["value"]), id));
  return { table, tail, index };
}

interface Act {
  readonly kind: "append" | "look" | "delete" | "compact";
  readonly process: number;
  /** Of an append. */
  readonly rows: number;
}

/** A row at the end that is gone before the second process looks: its id is not given again. */
const deletedAtEnd: Act[] = [
  { kind: "append", process: 0, rows: 2 },
  { kind: "delete", process: 0, rows: 0 },
  { kind: "look", process: 1, rows: 0 },
  { kind: "append", process: 1, rows: 1 },
];

const kinds: fc.Arbitrary<Act["kind"]> = fc.constantFrom(
  "append",
  "append",
  "append",
  "append",
  "look",
  "look",
  "delete",
  "compact",
);
const act: fc.Arbitrary<Act> = fc.record({ kind: kinds, process: fc.nat(1), rows: fc.integer({ min: 1, max: 3 }) });

test("an index knows the ids of all rows, whoever appends, deletes and compacts meanwhile", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 3, maxLength: 14 }), async (acts) => {
      const folder = await mkdtemp(join(tmpdir(), "med-r3-tail-"));
      const processes = [await openProcess(folder), await openProcess(folder)] as const;
      const maintained = await (await connect(folder)).openTable("numbers");
      let value = 0;
      for (const { kind, process, rows } of acts) {
        const { tail } = processes[process === 0 ? 0 : 1];
        await maintained.checkoutLatest();
        if (kind === "append") await tail.append(Array.from({ length: rows }, () => ({ value: value++ })));
        else if (kind === "look") await tail.refresh();
        else if (kind === "compact") await maintained.optimize();
        else await maintained.delete(`value = ${value - 1}`);
      }
      for (const { table, tail, index } of processes) {
        await tail.refresh();
        const stored = await table.scan(["value"], 0);
        for (const { id, row } of stored) expect(index.get(Number(row["value"]))).toBe(id);
      }
    }),
    { numRuns: 30, examples: [[deletedAtEnd]] },
  );
}, 60_000);
