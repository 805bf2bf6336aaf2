import type { z } from "zod";

/**
 * A declared part: an algorithm, a schedule, an environment, a task, an engine. One folder or file declares it, and
 * nothing else names it. Code that lists parts would have to change with every new one.
 */
export interface Part<Made, Settings> {
  /** The name in configurations, plans and reports: small letters, digits and hyphens. */
  readonly name: string;
  /** A description in one sentence, for `--help` and the documentation. */
  readonly describe: string;
  /** Every setting has a default or is refused by its name where it is missing. */
  readonly settings: z.ZodObject & z.ZodType<Settings>;
  /** The part at work. Must not keep anything between two calls. */
  readonly create: (settings: Settings) => Made;
}

/** A part as configurations and plans choose it. */
export interface ChosenPart {
  readonly name: string;
  readonly settings: Readonly<Record<string, unknown>>;
}
