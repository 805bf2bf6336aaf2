import type { TrainingSequence } from "../../../policy/port.ts";

/** Sequences padded on the right to one length, and the tokens whose log-probability is wanted. */
export interface MicroBatch {
  readonly sequences: number;
  readonly length: number;
  /** [sequences · length] */
  readonly tokens: Int32Array;
  /** Where the batch's sequences came from, by row. */
  readonly indices: readonly number[];
  /** Whether its loss has a gradient: not where every advantage is 0. */
  readonly learns: boolean;
  /** `[wanted]`: rows of `tokens` after which a wanted token comes, and that token. */
  readonly lossRows: Int32Array;
  readonly targets: Int32Array;
  /** [wanted] */
  readonly old: Float32Array;
  readonly advantage: Float32Array;
  /** `[sequences]`: how many of the wanted tokens are each sequence's; those of one stand together. */
  readonly wantedTokens: readonly number[];
}

/** What a micro-batch is made of: all tokens are wanted when no mask is given. */
export type SequenceToRun = Pick<TrainingSequence, "tokens"> & Partial<TrainingSequence>;

/**
 * Splits sequences into micro-batches of at most `budget` padded tokens (at least one sequence each): longest first, so that
 * neighbours have like lengths. Depends on the lengths only.
 */
export function planMicroBatches(lengths: readonly number[], budget: number): number[][] {
  const order = lengths.map((_, index) => index).sort((a, b) => (lengths[b] ?? 0) - (lengths[a] ?? 0) || a - b);
  const batches: number[][] = [];
  let current: number[] = [];
  let longest = 0;
  for (const index of order) {
    const length = lengths[index] ?? 0;
    if (current.length > 0 && (current.length + 1) * longest > budget) {
      batches.push(current);
      current = [];
    }
    if (current.length === 0) longest = length;
    current.push(index);
  }
  if (current.length > 0) batches.push(current);
  return batches;
}

/** Gives each batch to the replica with the least work so far, heaviest batch first; ties go to the first replica. */
export function assignToReplicas(costs: readonly number[], replicas: number): number[][] {
  const order = costs.map((_, index) => index).sort((a, b) => (costs[b] ?? 0) - (costs[a] ?? 0) || a - b);
  const loads = Array.from({ length: replicas }, () => 0);
  const assigned: number[][] = Array.from({ length: replicas }, () => []);
  for (const index of order) {
    const replica = loads.indexOf(Math.min(...loads));
    loads[replica] = (loads[replica] ?? 0) + (costs[index] ?? 0);
    assigned[replica]?.push(index);
  }
  return assigned;
}

/**
 * Splits sequences into micro-batches for each replica, in a fixed way: those that learn and those that do not apart, in as
 * many batches as the budget of padded tokens and an even share of the work ask for.
 */
export function distributeSequences(
  sequences: readonly SequenceToRun[],
  learns: (sequence: SequenceToRun) => boolean,
  budget: number,
  replicas: number,
): MicroBatch[][] {
  const batches = [true, false].flatMap((wanted) => {
    const indices = sequences.flatMap((sequence, index) => (learns(sequence) === wanted ? [index] : []));
    const lengths = indices.map((index) => sequences[index]?.tokens.length ?? 0);
    const plan = planMicroBatches(lengths, evenBudget(lengths, budget, replicas));
    return plan.map((places) =>
      packMicroBatch(
        sequences,
        places.map((place) => indices[place] as number),
        wanted,
      ),
    );
  });
  // A forward pass alone is a third of the work.
  const assigned = assignToReplicas(
    batches.map(({ tokens, learns: whole }) => tokens.length * (whole ? 3 : 1)),
    replicas,
  );
  return assigned.map((indices) => indices.sort((a, b) => a - b).map((index) => batches[index] as MicroBatch));
}

/** A budget that gives each replica the same number of about equal batches. */
function evenBudget(lengths: readonly number[], budget: number, replicas: number): number {
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const rounds = Math.max(1, Math.ceil(total / (budget * replicas)));
  // Room for some padding, so that the last batch is not a small one more.
  const even = Math.ceil((1.03 * total) / (rounds * replicas));
  return Math.min(budget, Math.max(even, ...lengths, 1));
}

/** Packs the chosen sequences into one micro-batch, padded on the right to the longest; `learns` is carried along. */
export function packMicroBatch(
  sequences: readonly SequenceToRun[],
  indices: readonly number[],
  learns: boolean,
): MicroBatch {
  const chosen = indices.map((index) => sequences[index] as SequenceToRun);
  const length = Math.max(...chosen.map((sequence) => sequence.tokens.length));
  const tokens = new Int32Array(chosen.length * length);
  const wanted: { row: number; target: number; old: number; advantage: number }[] = [];
  const wantedTokens: number[] = [];
  chosen.forEach((sequence, row) => {
    const before = wanted.length;
    tokens.set(sequence.tokens, row * length);
    for (let t = 1; t < sequence.tokens.length; t++) {
      if (sequence.lossMask !== undefined && sequence.lossMask[t] !== 1) continue;
      wanted.push({
        row: row * length + t - 1,
        target: sequence.tokens[t] ?? 0,
        old: sequence.sampledLogProbabilities?.[t] ?? 0,
        advantage: sequence.advantage ?? 0,
      });
    }
    wantedTokens.push(wanted.length - before);
  });
  return {
    sequences: chosen.length,
    length,
    tokens,
    indices,
    learns,
    lossRows: Int32Array.from(wanted, (token) => token.row),
    targets: Int32Array.from(wanted, (token) => token.target),
    old: Float32Array.from(wanted, (token) => token.old),
    advantage: Float32Array.from(wanted, (token) => token.advantage),
    wantedTokens,
  };
}
