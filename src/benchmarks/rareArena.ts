import { z } from "zod";
import type { Question } from "../domain/question.ts";
import { asSeen } from "./asSeen.ts";
import { readQuestions } from "./readQuestions.ts";
import type { OnReject } from "./rejectedRows.ts";

/**
 * One line of RareArena's RDS.json or RDC.json (zhao-zy15/RareArena). Unverified: field names are those that its
 * published evaluation reads. Confirmation (RDC) cases have test results, screening (RDS) cases have none.
 */
const RareArenaRow = z.object({
  _id: z.union([z.string(), z.number()]).transform(String),
  case_report: z.string().min(1),
  test_results: z.string().nullish(),
  diagnosis: z.string().min(1),
  Orpha_name: z.string().nullish(),
});

const ask = "What is the most likely diagnosis?";

/** Open diagnosis questions. `broader` gives a disease's broader categories, which count as partly right. */
export function readRareArena(
  file: string,
  broader: (diagnosis: string) => readonly string[] = () => [],
  onReject: OnReject = () => undefined,
): Promise<Question[]> {
  return readQuestions([file], {
    schema: RareArenaRow,
    onReject,
    toQuestion: ({ value: row }) => {
      const task =
        row.test_results === null || row.test_results === undefined || row.test_results === "" ? "rds" : "rdc";
      const id = `rarearena-${task}-${row._id}`;
      return asSeen({
        id,
        dataset: `rarearena-${task}`,
        kind: "diagnosis",
        text: [row.case_report, row.test_results ?? "", ask].filter((part) => part !== "").join(" "),
        options: [],
        answer: row.diagnosis,
        acceptedAnswers:
          row.Orpha_name === null || row.Orpha_name === undefined || row.Orpha_name === row.diagnosis
            ? []
            : [row.Orpha_name],
        partialAnswers: [...broader(row.diagnosis)],
        harmfulAnswers: [],
        references: [],
        goldTitles: null,
        goldFacts: null,
        findings: [],
        cluster: row.diagnosis,
        tags: { task },
      });
    },
  });
}
