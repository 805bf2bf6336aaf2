import { dataFiles } from "../../benchmarks/rows.ts";
import type { DemonstrationSettings } from "../../configuration/warmStart.ts";
import { messageOf } from "../../domain/messageOf.ts";

/** Throws, naming the setting, where a file of demonstrations is not there: a run must not find out after its probe. */
export async function checkDemonstrationFiles(sources: readonly DemonstrationSettings[]): Promise<void> {
  for (const [index, source] of sources.entries())
    if (source.from === "file")
      await dataFiles(source.path).catch((error: unknown) => {
        throw new Error(`warmStart.demonstrations.${index}.path: ${messageOf(error)}`, { cause: error });
      });
}
