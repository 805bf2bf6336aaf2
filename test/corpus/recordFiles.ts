import { connect } from "@lancedb/lancedb";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Writes files of MedRAG's records, with damaged lines at the end of each. */
export function writeRecords(
  folder: string,
  { files, records, damaged }: { readonly files: number; readonly records: number; readonly damaged: number },
): void {
  mkdirSync(folder, { recursive: true });
  for (let file = 0; file < files; file++) {
    const lines = Array.from({ length: records }, (_, index) =>
      JSON.stringify({ id: `${file}-${index}`, title: "T", content: `Finding ${file * 100_003 + index} was made.` }),
    );
    writeFileSync(
      join(folder, `part-${file}.jsonl`),
      `${[...lines, ...Array.from({ length: damaged }, () => "{")].join("\n")}\n`,
    );
  }
}

/** Ids in a corpus' table, sorted; repeats stay. */
export async function storedIds(corpus: string): Promise<string[]> {
  const rows: unknown[] = await (await (await connect(corpus)).openTable("passages")).query().select(["id"]).toArray();
  return rows.map((row) => String((row as { id: unknown }).id)).toSorted();
}
