import { z } from "zod";
import { messageOf } from "../domain/messageOf.ts";
import { questionOfRow } from "./pubmedqaQuestion.ts";
import { PubMedQaRow } from "./pubmedqaRow.ts";
import type { PubMedQaItem } from "./pubmedqaRow.ts";
import { describeIssues, RowError } from "./rejectedRows.ts";
import type { OnReject } from "./rejectedRows.ts";
import { keyOfPlace, repeatedInFile } from "./repeatedInFile.ts";

/** Rejects whose line is looked up; for more, reading would take the square of their number. */
const locatedRejects = 20;

/** Reads rows by PubMed id, as ori_pqal.json has them. A row that does not fit, or whose id or name of a field stands there twice, is told to `onReject`. */
export function readKeyedRows(text: string, file: string, onReject: OnReject): PubMedQaItem[] {
  const rows = z.record(z.string(), z.unknown()).safeParse(parseJson(text, file));
  if (!rows.success) throw new Error(`${file}: expected an object of rows by PubMed id`);
  const repeated = repeatedInFile(text, 1);
  let located = 0;
  return Object.entries(rows.data).flatMap(([pubMedId, value]) => {
    try {
      const row = rowOf(value, repeated.get(keyOfPlace(pubMedId)));
      return [{ pubMedId, row, question: questionOfRow(pubMedId, row) }];
    } catch (error) {
      if (!(error instanceof RowError)) throw error;
      const line = located++ < locatedRejects ? `, line ${lineOf(text, pubMedId)}` : "";
      onReject({ place: `${file}${line}, PubMed id ${pubMedId}`, reason: error.message });
      return [];
    }
  });
}

function rowOf(value: unknown, problem: string | undefined): PubMedQaRow {
  if (problem !== undefined) throw new RowError(problem);
  const row = PubMedQaRow.safeParse(value);
  if (!row.success) throw new RowError(describeIssues(row.error, value));
  return row.data;
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${file}: not JSON (${messageOf(error)})`, { cause: error });
  }
}

/** Line on which a row's key stands, from 1. */
function lineOf(text: string, pubMedId: string): number {
  const place = text.indexOf(JSON.stringify(pubMedId));
  return text.slice(0, Math.max(place, 0)).split("\n").length;
}
