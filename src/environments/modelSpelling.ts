import { existsSync } from "node:fs";
import { join } from "node:path";
import type { RunConfiguration } from "../configuration/configuration.ts";
import { engineOf } from "../configuration/policy.ts";
import type { Tokenizer } from "../policy/port.ts";
import { taskOf } from "../tasks/taskRegistry.ts";
import { environmentOf } from "./environmentOf.ts";
import { refuseUnspelled } from "./spelling.ts";

type Speller = Pick<Tokenizer, "encode" | "unknownId">;

/**
 * Throws UnspelledTagsError where the model that a run is to begin with lacks a tag of one of its tools. A model that must be
 * fetched or made first, or that only an engine's server knows, passes here: it is looked at when it is opened.
 */
export async function refuseUnspelledModel(
  configuration: Pick<RunConfiguration, "policy" | "data" | "environments">,
): Promise<void> {
  const speller = await spellerAtHand(configuration);
  if (speller !== null) refuseUnspelled(environmentOf(configuration), speller);
}

async function spellerAtHand({ policy, data }: Pick<RunConfiguration, "policy" | "data">): Promise<Speller | null> {
  if (engineOf(policy).models === "name") return null;
  if (policy.model === "built-in") {
    const { vocabulary } = taskOf(data);
    return vocabulary === undefined ? null : spellerOf(vocabulary());
  }
  if (!existsSync(join(policy.model, "tokenizer.json"))) return null;
  const { loadTokenizer } = await import("../policy/tokenizer.ts");
  return loadTokenizer(policy.model);
}

/** One token a word; token 0 for one that is unknown. */
function spellerOf(words: ReadonlySet<string>): Speller {
  return { unknownId: 0, encode: (word) => [words.has(word) ? 1 : 0] };
}
