import { Command } from "commander";
import { z } from "zod";
import { mostReviewed } from "../studies/studyFile.ts";
import { readCommandLine } from "./commandLine.ts";
import { defaultRoot } from "./defaultRoot.ts";

const ReviewWords = z.strictObject({
  study: z.string().min(1),
  folder: z.string().min(1).optional(),
  trajectories: z.coerce
    .number({ error: "expected a whole number" })
    .int()
    .min(1)
    .max(...mostReviewed),
  seed: z.coerce.number({ error: "expected a whole number" }).int().min(0),
  root: z.string().min(1),
  words: z
    .array(z.string())
    .min(1, { error: "say what to do: export, or import with the filled forms" })
    .refine(([action]) => action === "export" || action === "import", {
      message: "expected export, or import with the filled forms",
    })
    .refine(([action, ...files]) => action !== "export" || files.length === 0, {
      message: "export takes no files",
    })
    .refine(([action, ...files]) => action !== "import" || files.length > 0, {
      message: "import needs the filled forms: npm run review -- import --study FOLDER FORM.json …",
    }),
});

const ReviewOptions = ReviewWords.transform(({ words: [action = "", ...files], folder, ...options }) => ({
  ...options,
  action: action as "export" | "import",
  files,
  /** Where form and key are. */
  folder: folder ?? `${options.study}/review`,
}));
export type ReviewOptions = z.infer<typeof ReviewOptions>;

const command = (): Command =>
  new Command("npm run review --")
    .description(
      "Expert review of a study: export writes a blinded form and its key, import reads filled forms, tells how far raters agree, and joins them to the study (docs/review.md).",
    )
    .requiredOption("--study <folder>", "the study's folder, with study.json")
    .option("--folder <folder>", "where form.html and key.json are (default: review in the study's folder)")
    .option("--trajectories <number>", "how many the form shows, at most 1000", "24")
    .option("--seed <number>", "of the sample", "1")
    .option("--root <folder>", "where runs are kept (or MED_R3_ROOT)", defaultRoot())
    .argument("<words...>", "export, or import with the filled forms");

/** Null when only help was asked for. */
export function readReviewOptions(words: readonly string[]): ReviewOptions | null {
  return readCommandLine(command(), ReviewOptions, words);
}
