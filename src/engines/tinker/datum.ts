/**
 * One sequence as the protocol takes it: after input i comes target i, so that tokens t₀ … t_N give inputs t₀ … t_{N−1} and targets
 * t₁ … t_N. Everything has the length of the inputs.
 */
export interface Datum {
  readonly inputs: readonly number[];
  readonly targets: readonly number[];
  /** Weight of each target in the loss; 1 where left out. */
  readonly weights?: readonly number[];
  /** Log-probabilities of the sampler, in nats. */
  readonly logProbabilities?: readonly number[];
  readonly advantages?: readonly number[];
}

/** A loss by the server's own name, with its settings. */
export interface WireLoss {
  readonly name: string;
  readonly settings?: Readonly<Record<string, number>>;
}

/** A datum's numbers by the protocol's names. */
export function lossInputsOf(
  datum: Datum,
): Map<string, { readonly data: readonly number[]; readonly integers: boolean }> {
  const inputs = new Map([["target_tokens", { data: datum.targets, integers: true }]]);
  const { weights, logProbabilities: logprobs, advantages } = datum;
  for (const [name, data] of Object.entries({ weights, logprobs, advantages }))
    if (data !== undefined) inputs.set(name, { data, integers: false });
  return inputs;
}

/** Throws RangeError for arrays of other lengths than the inputs', and for what is no finite number: JSON would send null instead. */
export function checkDatum(datum: Datum): void {
  if (datum.inputs.length === 0) throw new RangeError("a sequence to learn from needs at least two tokens");
  for (const [name, { data }] of lossInputsOf(datum)) {
    if (data.length !== datum.inputs.length)
      throw new RangeError(`${name} has ${data.length} entries, the sequence ${datum.inputs.length}`);
    if (!data.every(Number.isFinite)) throw new RangeError(`${name} holds what is no finite number`);
  }
}
