import { z } from "zod";
import type { ListFormat } from "../listTable.ts";
import { ScheduleDecision } from "../records.ts";

const ScheduleRow = ScheduleDecision.omit({ work: true }).extend({ work: z.string() });

/** What the schedule decided, each before it was acted on. */
export const scheduleFormat: ListFormat<ScheduleDecision> = {
  name: "schedule",
  columns: { branch: "text", step: "integer", asked: "text", work: "json", reason: "text" },
  toRow: ({ work, ...decision }) => ({ ...decision, work: JSON.stringify(work) }),
  fromRow: (row) => {
    const { work, ...decision } = ScheduleRow.parse(row);
    return ScheduleDecision.parse({ ...decision, work: JSON.parse(work) as unknown });
  },
};
