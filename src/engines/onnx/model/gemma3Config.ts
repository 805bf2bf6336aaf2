import { z } from "zod";

/** What Gemma 3 computes otherwise than Llama, beside its norms and its activation. */
export interface GemmaSettings {
  /** The factor of query · key. */
  readonly queryScale: number;
  /** Layers whose positions turn by `localTheta`; the others by the model's own base. */
  readonly localLayers: readonly boolean[];
  readonly localTheta: number;
  /** Positions of the other layers are divided by it. */
  readonly globalFactor: number;
}

const theta = z.number().positive();
const noCap = z.null({ error: "soft caps are not supported: the engine does not compute them" }).optional();

/** Rotary settings of one kind of layer; only global layers may be scaled, and only by a factor. */
const LocalRope = z.strictObject({ rope_type: z.literal("default").optional(), rope_theta: theta.optional() });
const GlobalRope = z.union([
  LocalRope,
  z
    .strictObject({ type: z.literal("linear").optional(), rope_type: z.literal("linear").optional() })
    .extend({ factor: z.number().min(1), rope_theta: theta.optional() }),
]);
type GlobalRope = z.infer<typeof GlobalRope>;

/** The fields of a gemma3_text config.json that no other family has, or means otherwise. */
const Own = z.looseObject({
  hidden_activation: z.literal("gelu_pytorch_tanh"),
  head_dim: z.number().int().positive(),
  num_hidden_layers: z.number().int().positive(),
  max_position_embeddings: z.number().int().positive(),
  query_pre_attn_scalar: z.number().positive(),
  sliding_window: z.number().int().positive(),
  sliding_window_pattern: z.number().int().positive().nullish(),
  _sliding_window_pattern: z.number().int().positive().nullish(),
  layer_types: z.array(z.enum(["sliding_attention", "full_attention"])).nullish(),
  rope_theta: theta.nullish(),
  rope_local_base_freq: theta.nullish(),
  rope_scaling: GlobalRope.nullish(),
  rope_parameters: z
    .strictObject({ full_attention: GlobalRope.optional(), sliding_attention: LocalRope.optional() })
    .nullish(),
  tie_word_embeddings: z.boolean().nullish(),
  attention_bias: z.literal(false).nullish(),
  use_bidirectional_attention: z.literal(false).nullish(),
  attn_logit_softcapping: noCap,
  final_logit_softcapping: noCap,
});
type Own = z.infer<typeof Own>;

/** What transformers means by fields that are missing. */
const customary = { pattern: 6, globalTheta: 1_000_000, localTheta: 10_000 } as const;

/**
 * A gemma3_text config.json as the fields that all families share, and what is Gemma's own. Its local layers reach `sliding_window` tokens
 * back, so a context is no longer than that. Throws where something would not be honoured.
 */
export function splitGemma3(
  contents: unknown,
  source: string,
): { readonly shared: Readonly<Record<string, unknown>>; readonly gemma: GemmaSettings } {
  const parsed = Own.safeParse(contents);
  if (!parsed.success) throw new Error(`${source}: ${z.prettifyError(parsed.error)}`);
  const own = parsed.data;
  const { global, local } = ropeOf(own, source);
  const ours = new Set(Object.keys(Own.shape).filter((name) => name !== "head_dim" && name !== "num_hidden_layers"));
  const rest = Object.fromEntries(Object.entries(own).filter(([name]) => !ours.has(name)));
  return {
    shared: {
      ...rest,
      hidden_act: "silu",
      max_position_embeddings: Math.min(own.max_position_embeddings, own.sliding_window),
      tie_word_embeddings: own.tie_word_embeddings ?? true,
      rope_theta: global.theta,
    },
    gemma: {
      queryScale: own.query_pre_attn_scalar ** -0.5,
      localLayers: localLayersOf(own, source),
      localTheta: local,
      globalFactor: global.factor,
    },
  };
}

function ropeOf(
  { rope_theta: olderTheta, rope_scaling: older, rope_local_base_freq: olderLocal, rope_parameters: newer }: Own,
  source: string,
): { readonly global: { readonly theta: number; readonly factor: number }; readonly local: number } {
  const factor = agreed("rope scaling", [factorOf(older), factorOf(newer?.full_attention)], source);
  const globalTheta = agreed("rope_theta", [olderTheta, older?.rope_theta, newer?.full_attention?.rope_theta], source);
  const local = agreed("rope_local_base_freq", [olderLocal, newer?.sliding_attention?.rope_theta], source);
  return {
    global: { theta: globalTheta ?? customary.globalTheta, factor: factor ?? 1 },
    local: local ?? customary.localTheta,
  };
}

function factorOf(rope: GlobalRope | null | undefined): number | undefined {
  if (rope === null || rope === undefined) return undefined;
  return "factor" in rope ? rope.factor : 1;
}

/** The one value that is given, in whichever places. */
function agreed(name: string, given: readonly (number | null | undefined)[], source: string): number | undefined {
  const [value, ...others] = given.filter((one) => one !== null && one !== undefined);
  const other = others.find((one) => one !== value);
  if (other !== undefined)
    throw new Error(`${source}: ${name} is both ${value} and ${other}; keep the one that is meant`);
  return value;
}

function localLayersOf(own: Own, source: string): boolean[] {
  const { num_hidden_layers: layers, layer_types: kinds } = own;
  const pattern = own.sliding_window_pattern ?? own._sliding_window_pattern ?? customary.pattern;
  if (kinds === undefined || kinds === null)
    return Array.from({ length: layers }, (_, layer) => (layer + 1) % pattern !== 0);
  if (kinds.length !== layers)
    throw new Error(`${source}: layer_types lists ${kinds.length} layers, num_hidden_layers is ${layers}`);
  return kinds.map((kind) => kind === "sliding_attention");
}
