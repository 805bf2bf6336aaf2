import { z } from "zod";
import { Gate } from "../../domain/gate.ts";
import type { ListFormat } from "../listTable.ts";

const GateRow = Gate.omit({ start: true, end: true, person: true }).extend({
  startBranch: z.string(),
  startStep: z.number(),
  endBranch: z.string(),
  endStep: z.number(),
  /** Both null when the gate decided by itself. */
  personName: z.string().nullable(),
  personReason: z.string().nullable(),
});

export const gateFormat: ListFormat<Gate> = {
  name: "gates",
  columns: {
    stage: "integer",
    name: "text",
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
