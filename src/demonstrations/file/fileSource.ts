import { placedAnswer } from "../../benchmarks/foreignRow.ts";
import { countedFrom } from "../../benchmarks/places.ts";
import { dataFiles, readRawRows } from "../../benchmarks/rows.ts";
import type { RawRow } from "../../benchmarks/rows.ts";
import { RowError } from "../../benchmarks/rejectedRows.ts";
import type { SettingsOf } from "../../configuration/warmStart.ts";
import { messageOf } from "../../domain/messageOf.ts";
import { createRest } from "../../eventLoop/rest.ts";
import type { DemonstrationSource, Offer, RejectedDemonstration } from "../demonstrationSource.ts";
import { givenAway } from "../givenAway.ts";
import type { SourceInputs } from "../sourceInputs.ts";
import { UnfitError } from "../unfit.ts";
import { openKnownQuestions } from "./knownQuestions.ts";
import { readDemonstrationRow } from "./readDemonstrationRow.ts";

/**
 * The user's own demonstrations: a file, or all data files of a folder in order of name. A row that gives none is told with file and line; what a
 * row holds is never cut. Throws where the file cannot be read as a whole; of several, the others are read.
 */
export function fileSource({ path }: SettingsOf<"file">, inputs: SourceInputs): DemonstrationSource {
  return {
    from: "file",
    name: `file ${path}`,
    offers: async function* () {
      const read = await readAll(path, inputs);
      const questions = new Map(read.flatMap((one) => ("reason" in one ? [] : [[one.question.id, one.question]])));
      const given = givenAway([...questions.values()], inputs.dataset);
      for (const one of read) {
        const held = "reason" in one ? undefined : given.get(one.question.id);
        yield held === undefined || "reason" in one
          ? one
          : {
              from: "file",
              place: placeIn(one),
              kind: "contaminated",
              reason: `its question gives away the held-out question ${held}`,
            };
      }
    },
    notes: () => [],
  };
}

async function readAll(
  path: string,
  { dataset, environment }: SourceInputs,
): Promise<(Offer | RejectedDemonstration)[]> {
  const files = await dataFiles(path);
  const known = openKnownQuestions(dataset, await countedFrom(files, placedAnswer));
  const rest = createRest();
  const read: (Offer | RejectedDemonstration)[] = [];
  const reject = (place: string, error: unknown): void =>
    void read.push({
      from: "file",
      place,
      kind: error instanceof UnfitError ? error.kind : "row",
      reason: messageOf(error),
    });
  for (const file of files) {
    let index = -1;
    for (const row of await rowsOf(file, files.length, reject)) {
      index += 1;
      try {
        if ("problem" in row) throw new UnfitError("row", row.problem);
        const { question, response } = readDemonstrationRow(row.raw, index, environment.tags, known);
        read.push({ question, response, origin: { from: "file", file, place: row.place } });
      } catch (error) {
        if (!(error instanceof RowError)) throw error;
        reject(row.place, error);
      }
      await rest();
    }
  }
  if (read.length === 0) throw new Error(`${path}: holds no rows`);
  return read;
}

async function rowsOf(
  file: string,
  files: number,
  reject: (place: string, error: unknown) => void,
): Promise<Iterable<RawRow>> {
  try {
    return await readRawRows(file);
  } catch (error) {
    if (files === 1) throw error;
    reject(file, error);
    return [];
  }
}

function placeIn({ origin }: Offer): string {
  return origin.from === "file" ? origin.place : "";
}
