import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { writeAtomically } from "../../../files/atomicWrite.ts";
import type { Tokenizer } from "../../../policy/port.ts";
import type { TinkerClient } from "../api.ts";
import { checkServer } from "../check/check.ts";
import { CheckRecord, recordOf } from "../check/record.ts";
import { createClient } from "../client.ts";
import { connect, type Connection } from "../connection.ts";
import { dialectNamed, dialects } from "../dialects/table.ts";
import { TinkerRefusedError } from "../errors.ts";
import { allowedServer } from "../server.ts";
import { chooseModel } from "./chooseModel.ts";
import type { TinkerSettings } from "./settings.ts";

const file = "tinker-check.json";
const Checked = CheckRecord.extend({ wanted: z.string(), rank: z.number(), maximumTokens: z.number().nullable() });
type Checked = z.infer<typeof Checked>;

/** A server that was checked, as a run uses it. */
export interface CheckedServer {
  readonly client: TinkerClient;
  readonly baseModel: string;
  readonly maximumTokens: number | null;
}

export interface ServerOptions {
  readonly settings: TinkerSettings;
  /** As `policy.model` says; null for what the run was checked with. */
  readonly model: string | null;
  readonly tokenizer: Tokenizer;
  /** Keeps what was found; without one it is kept in this process. */
  readonly runFolder: string | null;
  readonly environment?: NodeJS.ProcessEnv;
}

/** Checks of this process that no run folder keeps yet: made before a run's start, written when it first opens. */
const recent = new Map<string, { readonly checked: Checked; readonly at: number }>();
const recentMilliseconds = 600_000;

/**
 * The server that a run names, with the dialect that a check found. A run on an unchecked server checks it first and keeps what it found in its
 * folder. Throws ServiceError, TinkerRefusedError and the client's other errors.
 */
export async function openCheckedServer(options: ServerOptions): Promise<CheckedServer> {
  const { settings, environment = process.env, runFolder } = options;
  const connection = connect(allowedServer(settings.server, environment));
  const kept = runFolder === null ? null : await readChecked(runFolder);
  const checked = kept !== null && isOf(kept, connection, options) ? kept : await check(connection, options);
  if (runFolder !== null && checked !== kept) {
    await mkdir(runFolder, { recursive: true });
    await writeAtomically(join(runFolder, file), `${JSON.stringify(checked, null, 2)}\n`);
  }
  if (checked.dialect === null)
    throw new TinkerRefusedError(
      connection.shown,
      `must not be trained on: ${checked.refused}`,
      "see npm run check-engine",
    );
  const dialect = dialectNamed(checked.dialect);
  const kind = settings.rank === 0 ? "full" : "adapters";
  if (!dialect.weights.includes(kind))
    throw new TinkerRefusedError(
      connection.shown,
      `(dialect ${dialect.name}) trains ${kind === "full" ? "adapters only, not all weights" : "all weights only, not adapters"}`,
      kind === "full" ? "set policy.rank to 16 to 32 and ten times the learning rate" : "set policy.rank to 0",
    );
  const { baseModel, maximumTokens } = checked;
  return { client: createClient(connection, dialect), baseModel, maximumTokens };
}

async function check(connection: Connection, { settings, model, tokenizer }: ServerOptions): Promise<Checked> {
  const { rank, dialect, fallback } = settings;
  if (model === null)
    throw new TinkerRefusedError(
      connection.shown,
      "was not checked by this run",
      "resume the run once before its policy is used",
    );
  const key = JSON.stringify([connection.shown, model, rank, dialect, fallback]);
  const known = recent.get(key);
  if (known !== undefined && Date.now() - known.at < recentMilliseconds) return known.checked;
  const rows = dialect === undefined ? dialects : [dialectNamed(dialect)];
  const capabilities = await createClient(connection, rows[0] ?? dialectNamed("skyrl-jax")).capabilities();
  const baseModel = chooseModel(connection.shown, capabilities, model, fallback);
  const name = `med-r3-check-${Date.now().toString(36)}`;
  const result = await checkServer(connection, { baseModel, rank, rows, tokenizer, name });
  const { maximumTokens } = capabilities;
  const checked = { ...recordOf(result), wanted: model, rank, maximumTokens };
  recent.set(key, { checked, at: Date.now() });
  return checked;
}

function isOf(checked: Checked, { shown }: Connection, { settings, model }: ServerOptions): boolean {
  const fits = settings.dialect === undefined || checked.dialect === settings.dialect;
  const isSame = checked.server === shown && checked.rank === settings.rank && fits;
  return isSame && (model === null || checked.wanted === model);
}

async function readChecked(runFolder: string): Promise<Checked | null> {
  try {
    return Checked.parse(JSON.parse(await readFile(join(runFolder, file), "utf8")));
  } catch {
    // Not there, or of another version: checked again.
    return null;
  }
}
