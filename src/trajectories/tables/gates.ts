import { z } from "zod";
import type { ListFormat } from "../listTable.ts";
import { GateRecord } from "../records.ts";

const GateRow = GateRecord.omit({ start: true, end: true, person: true }).extend({
  startBranch: z.string(),
  startStep: z.number(),
  endBranch: z.string(),
  endStep: z.number(),
  /** Both null when the gate decided by itself. */
  personName: z.string().nullable(),
  personReason: z.string().nullable(),
});

export const gateFormat: ListFormat<GateRecord> = {
  name: "gates",
  columns: {
    stage: "integer",
    startBranch: "text",
    startStep: "integer",
    endBranch: "text",
    endStep: "integer",
    decision: "text",
    gain: "number",
    low: "number",
    high: "number",
    questions: "integer",
    message: "text",
    personName: "text?",
    personReason: "text?",
  },
  toRow: ({ start, end, person, ...gate }) => ({
    ...gate,
    startBranch: start.branch,
    startStep: start.step,
    endBranch: end.branch,
    endStep: end.step,
    personName: person?.name ?? null,
    personReason: person?.reason ?? null,
  }),
  fromRow: (row) => {
    const { startBranch, startStep, endBranch, endStep, personName, personReason, ...gate } = GateRow.parse(row);
    return {
      ...gate,
      start: { branch: startBranch, step: startStep },
      end: { branch: endBranch, step: endStep },
      person: personName === null ? null : { name: personName, reason: personReason ?? "" },
    };
  },
};
