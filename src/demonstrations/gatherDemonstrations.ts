import { RowError } from "../benchmarks/rejectedRows.ts";
import type { WarmStartConfiguration } from "../configuration/warmStart.ts";
import type { Trajectory } from "../domain/trajectory.ts";
import { checkTrajectory } from "./checkTrajectory.ts";
import type { Demonstration } from "./demonstration.ts";
import { placeOf } from "./demonstration.ts";
import type {
  DemonstrationContext,
  Offer,
  RejectedDemonstration,
  SourceCounts,
  Wanted,
} from "./demonstrationSource.ts";
import { describeGathered } from "./describeGathered.ts";
import { openSources } from "./openSources.ts";
import type { SourceInputs } from "./sourceInputs.ts";
import { UnfitError } from "./unfit.ts";
import { writeTrajectory } from "./writeTrajectory.ts";

export interface GatheredDemonstrations {
  readonly demonstrations: readonly Demonstration[];
  /** The first ones; `counts` has them all. */
  readonly rejects: readonly RejectedDemonstration[];
  /** Counts of the sources that were asked, in their order. */
  readonly counts: readonly SourceCounts[];
  /** For a report and the log, in whole sentences. */
  readonly notes: readonly string[];
}

/** Rejects that are named; a source of samples may have very many. */
const rejectsNamed = 1000;

/**
 * Asks the sources in their order until there are as many demonstrations as wanted. Each is checked: protocol, right answer, length,
 * documents of the corpus, no question that gives one of validation or evaluation away; what is left out is counted and named.
 * Equal inputs and an equal policy give equal demonstrations, where no server answers. Throws where a source cannot be read as a whole.
 */
export async function gatherDemonstrations(
  settings: Pick<WarmStartConfiguration, "demonstrations" | "count">,
  inputs: SourceInputs,
): Promise<GatheredDemonstrations> {
  const { sources, notes } = openSources(settings.demonstrations, inputs);
  const kept = createKept(settings.count, inputs);
  const rejects: RejectedDemonstration[] = [];
  const counts: SourceCounts[] = [];
  const asked: string[] = [];
  for (const source of sources) {
    if (kept.missing() === 0) break;
    const count: SourceCounts = { from: source.from, name: source.name, kept: 0, rejected: {} };
    counts.push(count);
    for await (const offer of source.offers(kept)) {
      inputs.control?.signal?.throwIfAborted();
      const reject = "reason" in offer ? offer : await kept.take(offer);
      if (reject === null) count.kept++;
      else {
        count.rejected[reject.kind] = (count.rejected[reject.kind] ?? 0) + 1;
        count.firstRejected ??= reject;
        if (rejects.length < rejectsNamed) rejects.push(reject);
      }
      const { length } = kept.demonstrations;
      inputs.control?.onProgress?.(length / settings.count, `demonstrations: ${length} of ${settings.count}`);
      if (kept.missing() === 0) break;
    }
    asked.push(...source.notes());
  }
  const { demonstrations } = kept;
  return {
    demonstrations,
    rejects,
    counts,
    notes: [...describeGathered({ wanted: settings.count, kept: demonstrations.length, counts }), ...notes, ...asked],
  };
}

interface Kept extends Wanted {
  readonly demonstrations: Demonstration[];
  /** Checks and keeps an offer; gives the reason where it is not fit. */
  take(offer: Offer): Promise<RejectedDemonstration | null>;
}

function createKept(wanted: number, context: DemonstrationContext): Kept {
  const demonstrations: Demonstration[] = [];
  const known = new Map<string, Set<string>>();
  return {
    demonstrations,
    missing: () => wanted - demonstrations.length,
    has: (questionId) => known.has(questionId),
    take: async (offer) => {
      const { question, origin } = offer;
      const before = known.get(question.id) ?? new Set();
      try {
        const trajectory = await trajectoryOf(offer, before.size, context);
        if (before.has(trajectory.text))
          throw new UnfitError("repeated", "the same demonstration stands there already");
        known.set(question.id, before.add(trajectory.text));
        demonstrations.push({ origin, question, trajectory });
        return null;
      } catch (error) {
        if (!(error instanceof RowError)) throw error;
        const kind = error instanceof UnfitError ? error.kind : "row";
        return { from: origin.from, place: placeOf(origin, question.id), kind, reason: error.message };
      }
    },
  };
}

async function trajectoryOf(offer: Offer, sample: number, context: DemonstrationContext): Promise<Trajectory> {
  if ("response" in offer) return writeTrajectory({ ...offer, sample }, context);
  checkTrajectory(offer.trajectory, offer.question, context);
  return { ...offer.trajectory, ...context.address, sample };
}
