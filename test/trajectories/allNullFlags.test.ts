import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type Table } from "@lancedb/lancedb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { arrowTable } from "../../src/trajectories/arrowRows.ts";
import { schemaOf } from "../../src/trajectories/tables/columns.ts";

const schema = schemaOf({ correct: "flag?" });
let folder: string;
let table: Table;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "med-r3-flags-"));
  table = await (await connect(folder)).createEmptyTable("flags", schema);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("flags in LanceDB", () => {
  test.each([[[null]], [Array.from({ length: 9 }, () => null)], [[true, null, false]], [[false]]])(
    "come back as they were written: %j",
    async (flags) => {
      const before = await table.countRows();
      await table.add(
        arrowTable(
          schema,
          flags.map((correct) => ({ correct })),
        ),
      );
      const rows = (await table.query().toArray()).slice(before) as { correct: boolean | null }[];
      expect(rows.map(({ correct }) => correct)).toEqual(flags);
    },
  );
});
