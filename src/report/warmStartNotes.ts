import { readDemonstrationNotes } from "../curriculum/keptDemonstrations.ts";
import { formatShareOf, protocolProbePool } from "../curriculum/protocolProbe.ts";
import type { RunLog } from "../trajectories/log.ts";
import { percent } from "./format.ts";

/** What the protocol probe found and where demonstrations came from, in whole sentences; none where there were none. */
export async function warmStartNotes(log: Pick<RunLog, "findEvaluation">, runFolder: string): Promise<string[]> {
  const probe = await log.findEvaluation({ branch: "main", step: 0 }, protocolProbePool);
  const notes = await readDemonstrationNotes(runFolder);
  return [
    ...(probe === null
      ? []
      : [
          `Protocol probe: ${percent(formatShareOf(probe))} of ${probe.results.length} answers of the base are in the protocol.`,
        ]),
    ...(notes?.notes ?? []),
  ];
}
