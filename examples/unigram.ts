import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sampleToken, emptyMetrics, folderEngine, loadTokenizer, uniformAt, z, type FolderPolicy } from "med-r3";

/** An engine: one probability for each token, whatever came before, learnt by cross-entropy (algorithm "sft") and gradient descent. */
export const engine = {
  name: "unigram",
  describe: "One probability a token, learnt by cross-entropy: an example.",
  settings: z.strictObject({}),
  create: () =>
    folderEngine({
      label: "unigram",
      capabilities: { losses: ["cross-entropy"] },
      microBatchTokens: 65_536,
      threads: 1,
      open: openUnigram,
    }),
};

async function openUnigram(folder: string): Promise<FolderPolicy> {
  const tokenizer = await loadTokenizer(folder);
  const nothing = () => Array.from({ length: tokenizer.vocabularySize }, () => 0);
  let [logits, gradient, steps] = [nothing(), nothing(), 0];
  const state = (): string => JSON.stringify([logits, steps]);
  const probabilities = (temperature = 1): Float32Array => {
    const powers = logits.map((logit) => Math.exp(logit / (temperature || 1)));
    const sum = powers.reduce((total, one) => total + one, 0);
    return Float32Array.from(powers, (one) => one / sum);
  };
  const load = async (from: string): Promise<void> => {
    [logits, steps] = JSON.parse(await readFile(join(from, "state.json"), "utf8")) as [number[], number];
  };
  if (existsSync(join(folder, "state.json"))) await load(folder);
  return {
    tokenizer,
    fingerprint: "unigram 1",
    get optimizerSteps() {
      return steps;
    },
    stateHash: async () => createHash("sha256").update(state()).digest("hex"),
    // It draws single words: a stop string never comes about, so the environment is never asked.
    sample: async (requests) =>
      requests.map(({ seed, maxResponseTokens, ...how }) => {
        const p = probabilities(how.temperature);
        const tokens = Array.from({ length: maxResponseTokens }, (_, t) => sampleToken(p, how, uniformAt([seed, t])));
        const logProbabilities = tokens.map((token) => Math.log(p[token] ?? 0));
        return { segments: [{ origin: "policy", tokens, logProbabilities }], stopReason: "length" };
      }),
    logProbabilities: async (sequences) => {
      const logs = probabilities().map(Math.log);
      return sequences.map((tokens) => Float32Array.from(tokens, (token, t) => (t === 0 ? 0 : (logs[token] ?? 0))));
    },
    forwardBackward: async ({ sequences, lossDivisor }) => {
      const p = probabilities();
      const learnt = sequences.flatMap(({ tokens, lossMask }) => tokens.filter((_, t) => lossMask[t] === 1));
      gradient = gradient.map((sum, token) => sum + (learnt.length * (p[token] ?? 0)) / lossDivisor);
      for (const token of learnt) gradient[token] = (gradient[token] ?? 0) - 1 / lossDivisor;
      const loss = learnt.reduce((sum, token) => sum - Math.log(p[token] ?? 0), 0) / lossDivisor;
      const entropySum = -learnt.length * p.reduce((sum, share) => sum + share * Math.log(share), 0);
      return { ...emptyMetrics, tokens: learnt.length, loss, entropySum };
    },
    optimizerStep: async ({ learningRate, gradientClip }) => {
      const gradientNorm = Math.hypot(...gradient);
      const rate = learningRate * Math.min(1, gradientClip / gradientNorm);
      logits = logits.map((logit, token) => logit - rate * (gradient[token] ?? 0));
      [gradient, steps] = [nothing(), steps + 1];
      return { gradientNorm };
    },
    discardGradient: async () => void (gradient = nothing()),
    save: async (to) => {
      for (const file of ["tokenizer.json", "tokenizer_config.json"]) await cp(join(folder, file), join(to, file));
      await writeFile(join(to, "state.json"), state());
    },
    load,
    close: async () => undefined,
  };
}
