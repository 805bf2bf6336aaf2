import { z } from "zod";
import type { CheckResult } from "./check.ts";

/** A check as it is printed and kept with a run. */
export const CheckRecord = z.object({
  server: z.string(),
  baseModel: z.string(),
  /** Null where the server is refused. */
  dialect: z.string().nullable(),
  refused: z.string().nullable(),
  findings: z.array(
    z.object({
      probe: z.string(),
      /** Null where it could not be measured. */
      found: z.string().nullable(),
      note: z.string().optional(),
      problem: z.string().optional(),
    }),
  ),
});
export type CheckRecord = z.infer<typeof CheckRecord>;

/** The record of a check. */
export function recordOf({ server, baseModel, findings, choice }: CheckResult): CheckRecord {
  return {
    server,
    baseModel,
    dialect: choice.dialect?.name ?? null,
    refused: choice.refused,
    findings: findings.map(({ probe, found, note, problem }) => ({
      probe,
      found,
      ...(note !== undefined && { note }),
      ...(problem !== undefined && { problem }),
    })),
  };
}

/** As aligned lines of text. */
export function checkTable({ server, baseModel, dialect, refused, findings }: CheckRecord): string[] {
  const width = Math.max(...findings.map(({ probe }) => probe.length));
  const rows = findings.map(({ probe, found, note, problem }) => {
    const remark = problem ?? note;
    const mark = problem === undefined ? " " : "!";
    return `${mark} ${probe.padEnd(width)}  ${found ?? "not measured"}${remark === undefined ? "" : ` (${remark})`}`;
  });
  const verdict = dialect === null ? `Refused: ${refused}.` : `Dialect: ${dialect}.`;
  return [`${server}, model ${baseModel}`, "", ...rows, "", verdict];
}
