/** Tries one input: null where it was taken or refused as it should be, else what was wrong. A throw counts as a crash. */
export type FuzzCase = () => Promise<string | null> | string | null;

/** One kind of input: generated from a fixed seed, so that a complaint can be repeated. */
export interface FuzzKind {
  readonly name: string;
  /** Number of cases that `use` is given. */
  readonly inputs: number;
  /** Cases tried at once. */
  readonly concurrent: number;
  /** Makes the cases and what they need, lets them be tried, and takes down what it set up. */
  withCases(use: (cases: readonly FuzzCase[]) => Promise<void>): Promise<void>;
}

/** A kind that needs nothing set up. */
export function plainKind(name: string, cases: readonly FuzzCase[]): FuzzKind {
  return { name, inputs: cases.length, concurrent: 1, withCases: (use) => use(cases) };
}

/** How the cases of a kind ended. */
export interface FuzzCounts {
  tried: number;
  /** Accepted although wrong, or read as something else. */
  silentlyWrong: number;
  crashed: number;
  /** No answer within the patience. */
  stuck: number;
}
