import type { RemoteModel, TinkerClient } from "../api.ts";
import { createClient } from "../client.ts";
import type { Connection } from "../connection.ts";
import type { Dialect } from "../dialects/dialect.ts";
import { dialects } from "../dialects/table.ts";
import { TinkerAmbiguousError, TinkerRefusedError } from "../errors.ts";
import { probeAlignment } from "./alignment.ts";
import { chooseDialect, type Choice } from "./choose.ts";
import { probeClipping } from "./clipping.ts";
import type { Finding } from "./finding.ts";
import { probeGradientClip } from "./gradientClip.ts";
import { probeOlder } from "./older.ts";
import { probeReduction } from "./reduction.ts";
import { probeRepeats } from "./repeats.ts";
import { openDraw, probeSampling, prompt, type CheckTokenizer } from "./sampling.ts";
import { forward, probeDatum, scratchOf, type Scratch } from "./scratch.ts";

export interface CheckOptions {
  /** The server's only one when left out. */
  readonly baseModel?: string | undefined;
  readonly rank: number;
  /** Rows that may be chosen: all, or the one that a run names. */
  readonly rows?: readonly Dialect[];
  readonly tokenizer?: CheckTokenizer | undefined;
  /** Begins the names of what is saved on the server; no earlier check may have had it. */
  readonly name: string;
  readonly signal?: AbortSignal | undefined;
  readonly onProbe?: ((probe: string) => void) | undefined;
}

export interface CheckResult {
  readonly server: string;
  readonly baseModel: string;
  readonly findings: readonly Finding[];
  readonly choice: Choice;
}

/**
 * Finds out what a server does with a tiny batch on a model made for it alone, which is unloaded again, and chooses its dialect. Takes about
 * 40 calls. Throws the client's errors.
 */
export async function checkServer(connection: Connection, options: CheckOptions): Promise<CheckResult> {
  const rows = options.rows ?? dialects;
  const cautious = createClient(connection, guess(rows, "json"));
  const { models } = await cautious.capabilities(options.signal);
  const baseModel = chooseModel(cautious.shown, models, options.baseModel);
  const sessionId = await cautious.openSession(options.signal);
  const newModel = { baseModel, rank: options.rank, seed: 1, index: 0 };
  const model = await cautious.createModel(sessionId, newModel, options.signal);
  try {
    const { client, finding, calls } = await chooseEncoding(connection, rows, cautious, model);
    const findings = [finding, ...(await probe(scratchOf(client, model, calls), options))];
    return { server: cautious.shown, baseModel, findings, choice: chooseDialect(findings, rows) };
  } finally {
    await cautious.unload(model).catch(() => undefined);
  }
}

/** In the order of what they need: a model without steps first, one that may move last. */
async function probe(
  scratch: Scratch,
  { tokenizer, name, onProbe = () => undefined }: CheckOptions,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const add = async (title: string, work: () => Promise<Finding | Finding[]>): Promise<void> => {
    onProbe(title);
    findings.push(...[await work()].flat());
  };
  await add("gradient norm", () => probeGradientClip(scratch));
  await add("sampling", async () => {
    const draw = await openDraw(scratch, name);
    const [sample] = await draw({ seed: 11 });
    if (sample === undefined || sample.tokens.length === 0) throw new Error("a sample without tokens");
    return [...(await probeAlignment(scratch, prompt, sample)), ...(await probeSampling(draw, tokenizer ?? null))];
  });
  await add("a repeated request", () => probeRepeats(scratch));
  await add("reduction", () => probeReduction(scratch));
  await add("clipping", () => probeClipping(scratch));
  await add("older weights", () => probeOlder(scratch, name));
  return findings;
}

/** Some servers take protobuf alone for forward–backward: JSON is tried first. */
async function chooseEncoding(
  connection: Connection,
  rows: readonly Dialect[],
  cautious: TinkerClient,
  model: RemoteModel,
): Promise<{ client: TinkerClient; finding: Finding; calls: number }> {
  const found = (encoding: Dialect["encoding"]): Finding => ({
    probe: "encoding",
    found: encoding === "json" ? "JSON" : "protobuf alone",
    // A server that takes both may be spoken to in either.
    ...(encoding === "protobuf" && { fits: (row: Dialect) => row.encoding === "protobuf" }),
  });
  try {
    await cautious.forwardBackward(
      model,
      [probeDatum({ weights: [0, 0, 0, 0, 0, 0, 0, 1] })],
      { name: "cross_entropy" },
      { sequence: 1 },
    );
    return { client: cautious, finding: found("json"), calls: 1 };
  } catch (error) {
    if (!(error instanceof TinkerRefusedError || error instanceof TinkerAmbiguousError)) throw error;
    const client = createClient(connection, guess(rows, "protobuf"));
    await forward(scratchOf(client, model, 1), probeDatum());
    return { client, finding: found("protobuf"), calls: 2 };
  }
}

/** What is assumed before anything is known: nothing that could do a step twice. */
function guess(rows: readonly Dialect[], encoding: Dialect["encoding"]): Dialect {
  const [first] = rows;
  if (first === undefined) throw new RangeError("no dialect to choose from");
  return { ...first, name: "unknown", deduplicates: false, encoding };
}

function chooseModel(shown: string, models: readonly string[], wanted: string | undefined): string {
  if (wanted !== undefined && (models.includes(wanted) || models.length === 0)) return wanted;
  const [only] = models;
  if (wanted === undefined && models.length === 1 && only !== undefined) return only;
  const list = models.slice(0, 20).join(", ") || "none";
  if (wanted === undefined)
    throw new TinkerRefusedError(shown, `offers ${models.length} models`, `name one of them: ${list}`);
  throw new TinkerRefusedError(
    shown,
    `does not offer the model ${JSON.stringify(wanted)}`,
    `choose one that it has: ${list}`,
  );
}
