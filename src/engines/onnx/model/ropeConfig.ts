import { z } from "zod";

/** Llama 3.1's change of the rotary frequencies for long contexts. */
export interface RopeScaling {
  readonly factor: number;
  readonly lowFrequencyFactor: number;
  readonly highFrequencyFactor: number;
  readonly originalPositions: number;
}

export interface RopeConfig {
  readonly theta: number;
  readonly scaling: RopeScaling | null;
}

/** The fields of config.json that hold rotary settings: the names of transformers before 5 (rope_scaling) and since (rope_parameters). */
export const ropeFields = {
  rope_theta: z.number().positive().nullish(),
  rope_scaling: z.record(z.string(), z.unknown()).nullish(),
  rope_parameters: z.record(z.string(), z.unknown()).nullish(),
};
export type RopeFields = z.infer<z.ZodObject<typeof ropeFields>>;

/** What every kind of settings may hold: type is the older name of rope_type. */
const common = {
  rope_type: z.string().optional(),
  type: z.string().optional(),
  rope_theta: z.number().positive().nullish(),
  partial_rotary_factor: z.literal(1).nullish(),
};

const kinds = {
  default: z.strictObject(common),
  llama3: z
    .strictObject({
      ...common,
      factor: z.number().min(1),
      low_freq_factor: z.number().positive(),
      high_freq_factor: z.number().positive(),
      original_max_position_embeddings: z.number().int().positive(),
    })
    .refine((scaling) => scaling.high_freq_factor > scaling.low_freq_factor, {
      path: ["high_freq_factor"],
      message: "must be larger than low_freq_factor",
    }),
};

const customaryTheta = 10_000;

/** The only kind of layer whose attention this engine computes. */
const fullAttention = "full_attention";

/** Reads the rotary settings of a config.json. Throws on every setting that would not be honoured, and where two contradict. */
export function parseRope(fields: RopeFields, source: string): RopeConfig {
  const rope = agreeing(fields, source);
  const kind = kindOf(rope, source);
  const theta = thetaOf(rope, fields.rope_theta ?? undefined, source);
  const refuse = (error: z.ZodError): Error =>
    new Error(`${source}: rope scaling "${kind}": ${z.prettifyError(error)}`);
  if (kind === "default") {
    const parsed = kinds.default.safeParse(rope);
    if (!parsed.success) throw refuse(parsed.error);
    return { theta, scaling: null };
  }
  const parsed = kinds.llama3.safeParse(rope);
  if (!parsed.success) throw refuse(parsed.error);
  const {
    factor,
    low_freq_factor: lowFrequencyFactor,
    high_freq_factor: highFrequencyFactor,
    original_max_position_embeddings: originalPositions,
  } = parsed.data;
  return { theta, scaling: { factor, lowFrequencyFactor, highFrequencyFactor, originalPositions } };
}

/** The one set of settings that both fields give. */
function agreeing(
  { rope_scaling: older, rope_parameters: newer }: RopeFields,
  source: string,
): Readonly<Record<string, unknown>> {
  const [scaling, parameters] = [ofFullAttention(older ?? {}, source), ofFullAttention(newer ?? {}, source)];
  const contradicting = Object.keys(scaling).find(
    (name) => name in parameters && JSON.stringify(scaling[name]) !== JSON.stringify(parameters[name]),
  );
  if (contradicting !== undefined)
    throw new Error(
      `${source}: rope_scaling and rope_parameters contradict each other in ${contradicting}; keep the one that is meant`,
    );
  return { ...scaling, ...parameters };
}

/** Settings may be nested by the kind of layer that they are for. */
function ofFullAttention(rope: Readonly<Record<string, unknown>>, source: string): Readonly<Record<string, unknown>> {
  const nested = Object.entries(rope).filter(
    ([, value]) => typeof value === "object" && value !== null && !Array.isArray(value),
  );
  if (nested.length === 0) return rope;
  const [one] = nested;
  if (nested.length !== Object.keys(rope).length || nested.length > 1 || one?.[0] !== fullAttention) {
    throw new Error(
      `${source}: rotary settings for ${Object.keys(rope).join(", ")} are not supported; supported are settings for all layers, or for ${fullAttention} alone`,
    );
  }
  return z.record(z.string(), z.unknown()).parse(one[1]);
}

function kindOf(
  { rope_type: newer, type: older }: Readonly<Record<string, unknown>>,
  source: string,
): keyof typeof kinds {
  if (newer !== undefined && older !== undefined && newer !== older)
    throw new Error(
      `${source}: rope_type ${JSON.stringify(newer)} and type ${JSON.stringify(older)} contradict each other; keep the one that is meant`,
    );
  const kind = newer ?? older ?? "default";
  const supported = (Object.keys(kinds) as (keyof typeof kinds)[]).find((name) => name === kind);
  if (supported === undefined)
    throw new Error(
      `${source}: rope scaling ${JSON.stringify(kind)} is not supported; supported are ${Object.keys(kinds).join(", ")}`,
    );
  return supported;
}

function thetaOf(rope: Readonly<Record<string, unknown>>, outer: number | undefined, source: string): number {
  const parsed = common.rope_theta.safeParse(rope["rope_theta"]);
  if (!parsed.success) throw new Error(`${source}: rope_theta: ${z.prettifyError(parsed.error)}`);
  const inner = parsed.data ?? undefined;
  if (inner !== undefined && outer !== undefined && inner !== outer)
    throw new Error(
      `${source}: rope_theta is ${outer} and, within the rotary settings, ${inner}; keep the one that is meant`,
    );
  return inner ?? outer ?? customaryTheta;
}
