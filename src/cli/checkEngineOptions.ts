import { Command } from "commander";
import { z } from "zod";
import { readCommandLine } from "./commandLine.ts";

const CheckEngineOptions = z.strictObject({
  model: z.string().min(1).optional(),
  tokenizer: z.string().min(1).optional(),
  rank: z.coerce.number({ error: "expected a whole number from 0 to 1024" }).int().min(0).max(1024),
  dialect: z.string().min(1).optional(),
  json: z.boolean().default(false),
  words: z
    .array(z.string().min(1))
    .length(1, { error: "expected one server: its address, or its name in MED_R3_SERVICES" }),
});
export type CheckEngineOptions = z.infer<typeof CheckEngineOptions>;

const command = (): Command =>
  new Command("npm run check-engine --")
    .description(
      "Probes a server of the Tinker protocol with a tiny batch, prints what it does, and chooses or refuses its dialect.",
    )
    .argument("<server>", "its address, or its name in MED_R3_SERVICES; keys go only to servers of that list")
    .option("--model <name>", "base model to train adapters on (default: the server's only one)")
    .option(
      "--tokenizer <folder>",
      "Hugging Face folder with the model's tokenizer, to probe stop strings and end tokens",
    )
    .option("--rank <number>", "rank of the adapters; 0 trains all weights", "8")
    .option("--dialect <name>", "accept this dialect alone")
    .option("--json", "print one JSON object instead of the table");

/** Null when only help was asked for. */
export function readCheckEngineOptions(words: readonly string[]): CheckEngineOptions | null {
  return readCommandLine(command(), CheckEngineOptions, words);
}
