import type { RunControl, Sampler } from "../policy/port.ts";
import type { World } from "./facts.ts";
import { createProbes } from "./probeTexts.ts";

/** Share of probes of each name whose most likely next word is the expected one, 0–1. */
export type ProbeResults = Readonly<Record<string, number>>;

/**
 * Teacher-forced probes of a policy on a world:
 * - `probe/reading/<line>`: the needed document of a held-out fault is in the context beside a distractor; is it read, and the right answer drawn from it?
 * - `probe/asking/circumstance`: a search that begins with the remedy; is it about the question's circumstance? What a base does not ask has to be learnt.
 * - `probe/memory/known`, `probe/memory/held-out`: no document; is the cause remembered? (Held-out faults: chance is 1 in 8.)
 * - `probe/conflict/<line>`: a known fault, and documents that contradict what the base was taught; are they followed?
 */
export async function probeWorld(sampler: Sampler, world: World, control?: RunControl): Promise<ProbeResults> {
  const probes = createProbes(world);
  const words = await nextWords(
    sampler,
    probes.map((probe) => probe.prefix),
    control,
  );
  const results: Record<string, number> = {};
  for (const name of new Set(probes.map((probe) => probe.name))) {
    const hits = probes.flatMap((probe, index) => (probe.name === name ? [words[index] === probe.expected] : []));
    results[name] = hits.filter(Boolean).length / hits.length;
  }
  return results;
}

/** The smallest of the probes of a kind. A base must read every kind of line, and its last search must be about what the question asks. */
export function lowest(kind: "reading" | "asking", results: ProbeResults): number {
  return Math.min(
    ...Object.entries(results).flatMap(([name, share]) => (name.startsWith(`probe/${kind}/`) ? [share] : [])),
  );
}

/** The most likely next word after each text. */
async function nextWords(sampler: Sampler, prefixes: readonly string[], control?: RunControl): Promise<string[]> {
  const requests = prefixes.map((prefix) => ({
    prompt: [...sampler.tokenizer.beginning, ...sampler.tokenizer.encode(prefix)],
    seed: "probe",
    temperature: 0,
    topP: 1,
    topK: 0,
    maxResponseTokens: 1,
    stopStrings: [],
  }));
  const environment = { respond: () => Promise.reject(new Error("a probe has no stop strings")) };
  const sequences = await sampler.sample(requests, environment, control);
  return sequences.map(({ segments }) =>
    sampler.tokenizer.decode(segments.flatMap((segment) => segment.tokens).slice(0, 1)),
  );
}
