import { z } from "zod";
import { PathText } from "../domain/pathText.ts";
import { ServedModelFields, wantTokenizer } from "../engines/openai/settings.ts";
import type { InputPath } from "./inputPath.ts";
import { most } from "./bounds.ts";
import { warmStartTraining } from "./warmStartTraining.ts";

const samples = z
  .number()
  .int()
  .min(1)
  .max(...most(256, "of one question only the first right one is kept"));
const temperature = z.number().min(0).max(2).default(1);

/** A file or folder of the user's: rows with `messages`, `prompt` and `completion`, or our own; JSON lines or parquet. */
const FromFile = z.strictObject({ from: z.literal("file"), path: PathText });

/** A served model that answers training questions with the run's tools; what the graders call right is kept. */
const FromTeacher = z
  .strictObject({
    from: z.literal("teacher"),
    /** As its server names it. */
    model: z.string().min(1).max(200),
    /** Times it is asked one question. */
    samples: samples.default(2),
    temperature,
    ...ServedModelFields,
  })
  .superRefine(wantTokenizer);

/** The data set's own references, written into the protocol. */
const FromReferences = z.strictObject({
  from: z.literal("references"),
  /**
   * "none": thinking and answer alone. "question": the question's own words are searched for. "perfect": the fewest queries, made of
   * gold titles too, that show what the data set calls gold; a ceiling, since nobody knows those titles when asked.
   */
  searches: z.enum(["none", "question", "perfect"]).default("question"),
});

/** The model's own samples that the graders call right (rejection sampling). */
const FromOwn = z.strictObject({
  from: z.literal("own"),
  /** Times all questions without a right response are asked again. */
  rounds: z
    .number()
    .int()
    .min(1)
    .max(...most(100, "a model that is never right in so many rounds stays so"))
    .default(4),
  /** Of one question in a round. */
  samples: samples.default(8),
  temperature,
});

export const DemonstrationSettings = z.discriminatedUnion("from", [FromFile, FromTeacher, FromReferences, FromOwn]);
export type DemonstrationSettings = z.infer<typeof DemonstrationSettings>;
export type SettingsOf<From extends DemonstrationSettings["from"]> = Extract<DemonstrationSettings, { from: From }>;

/** Stage 0: supervised fine-tuning on demonstrations before the stages (docs/warm-start.md). */
export const WarmStartConfiguration = z.strictObject({
  ...warmStartTraining,
  /** Where demonstrations come from, in the order in which they are asked: a later one only where those before gave too few. */
  demonstrations: z
    .array(DemonstrationSettings)
    .min(1, "expected at least one source of demonstrations")
    .max(...most(8, "there are four kinds of sources"))
    .prefault([{ from: "references" }, { from: "own" }]),
  /** Demonstrations wanted; a source is asked no further once there are so many. One published system needs 200. */
  count: z
    .number()
    .int()
    .min(2)
    .max(...most(100_000, "they are in memory together"))
    .default(200),
  /** Share of the demonstrations that is kept back to see when to stop. */
  validationShare: z.number().min(0.02).max(0.5).default(0.1),
});
export type WarmStartConfiguration = z.infer<typeof WarmStartConfiguration>;

/** Every path that the demonstrations' settings name. */
export function pathsOfDemonstrations(sources: readonly DemonstrationSettings[]): InputPath[] {
  return sources.flatMap((source, index): InputPath[] => {
    const field = `warmStart.demonstrations.${index}`;
    if (source.from === "file") return [{ field: `${field}.path`, path: source.path }];
    return source.from === "teacher" && source.tokenizer !== null
      ? [{ field: `${field}.tokenizer`, path: source.tokenizer }]
      : [];
  });
}
