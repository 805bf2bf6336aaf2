import { z } from "zod";
import { didYouMean } from "../domain/nearest.mjs";
import { describeWrongFields, namingKnown } from "../domain/wrongFields.ts";
import type { ChosenPart, Part } from "./part.ts";
import { messageOf } from "../domain/messageOf.ts";

/** A part that cannot be registered or is not known; the message says which and what to do. */
export class PartError extends Error {
  override readonly name = "PartError";
}

/** Whether a message says, among other things, that a part of some kind is not known: that of an extension, perhaps, that is not loaded. */
export function tellsUnknownPart(message: string): boolean {
  return /there is no [a-z]+ "[^"\n]*"; known are /u.test(message);
}

const partName = /^[a-z][a-z0-9-]{0,39}$/u;

/** All parts of one kind. Extensions add theirs when a process starts, before anything is chosen. */
export interface Registry<Made> {
  /** "algorithm", "schedule", …: how messages call its parts. */
  readonly kind: string;
  names(): readonly string[];
  /** One sentence each, by name. */
  descriptions(): Readonly<Record<string, string>>;
  /** Throws PartError where the name is malformed or taken. */
  add<Settings>(part: Part<Made, Settings>): void;
  /** `{name, settings}` with the part's own defaults, or its name alone; refuses unknown names and each wrong setting by its field. */
  readonly Chosen: z.ZodType<ChosenPart>;
  /** A part's settings with its defaults, or what is wrong with them or with the name, each by its path ("name" or "settings" first). */
  check(name: string, settings: Readonly<Record<string, unknown>>): CheckedSettings;
  /** The chosen part at work. Throws PartError for a name that this process does not know. */
  create(chosen: ChosenPart): Made;
}

export type CheckedSettings =
  | { readonly success: true; readonly settings: ChosenPart["settings"] }
  | {
      readonly success: false;
      readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
    };

/** What a registry keeps of a part: its settings' type is known to the part alone. */
interface Entry<Made> {
  readonly describe: string;
  /** Names of its settings. */
  readonly settings: readonly string[];
  readonly check: (settings: unknown) => z.ZodSafeParseResult<unknown>;
  readonly create: (settings: unknown) => Made;
}

/**
 * `shape` is what a made part must have, for parts of extensions, which no type checker saw; `metricGroups` are names that no part
 * has, since metrics of the project are called so.
 */
export function createRegistry<Made>(
  kind: string,
  shape: z.ZodType = z.unknown(),
  metricGroups: ReadonlySet<string> = new Set(),
): Registry<Made> {
  const entries = new Map<string, Entry<Made>>();
  const unknown = (name: string): string =>
    `there is no ${kind} ${JSON.stringify(name)}; known are ${[...entries.keys()].join(", ") || "none"}${didYouMean(name, [...entries.keys()])}`;
  /** Why a made part cannot be used; null where it can. */
  const misfit = (entry: Entry<Made>, name: string, settings: unknown): string | null => {
    try {
      const fits = shape.safeParse(entry.create(settings), { error: namingKnown });
      return fits.success ? null : `${kind} "${name}" does not fit: ${describeWrongFields(fits.error)}`;
    } catch (error) {
      return `${kind} "${name}" cannot be made: ${messageOf(error)}`;
    }
  };
  const check: Registry<Made>["check"] = (name, settings) => {
    const entry = entries.get(name);
    if (entry === undefined) return { success: false, issues: [{ path: ["name"], message: unknown(name) }] };
    const checked = entry.check(settings);
    if (checked.success) {
      const why = misfit(entry, name, checked.data);
      if (why !== null) return { success: false, issues: [{ path: ["name"], message: why }] };
      return { success: true, settings: checked.data as ChosenPart["settings"] };
    }
    const issues = checked.error.issues
      .flatMap((issue) => perField(issue, entry.settings))
      .map(({ path, message }) => ({ path: ["settings", ...path], message }));
    return { success: false, issues };
  };
  const Chosen = z
    .preprocess(
      nameAlone,
      z.strictObject({ name: z.string(), settings: z.record(z.string(), z.unknown()).default({}) }),
    )
    .transform(({ name, settings }, context): ChosenPart => {
      const checked = check(name, settings);
      if (checked.success) return { name, settings: checked.settings };
      for (const { path, message } of checked.issues)
        context.addIssue({
          code: "custom",
          path: [...path],
          message: path[0] === "name" ? message : `${message} (${kind} ${name})`,
        });
      return z.NEVER;
    });
  return {
    kind,
    check,
    names: () => [...entries.keys()],
    descriptions: () => Object.fromEntries([...entries].map(([name, { describe }]) => [name, describe])),
    add: ({ name, describe, settings, create }) => {
      if (!partName.test(name))
        throw new PartError(
          `${kind} ${JSON.stringify(name)}: a name has 1 to 40 small letters, digits and hyphens and begins with a letter`,
        );
      if (entries.has(name)) throw new PartError(`${kind} "${name}": the name is taken; choose another one`);
      if (metricGroups.has(name))
        throw new PartError(`${kind} "${name}": metrics of the project are called ${name}/…; choose another name`);
      entries.set(name, {
        describe,
        settings: Object.keys(settings.shape),
        check: (given) => settings.safeParse(given, { error: namingKnown }),
        create: (given) => create(settings.parse(given)),
      });
    },
    Chosen,
    create: ({ name, settings }) => {
      const entry = entries.get(name);
      if (entry === undefined) throw new PartError(unknown(name));
      return entry.create(settings);
    },
  };
}

function nameAlone(given: unknown): unknown {
  return typeof given === "string" ? { name: given } : given;
}

/** A setting that the part does not have is refused by its own field. */
function perField(
  issue: z.core.$ZodIssue,
  known: readonly string[],
): { readonly path: readonly PropertyKey[]; readonly message: string }[] {
  if (issue.code !== "unrecognized_keys") return [issue];
  return issue.keys.map((key) => ({
    path: [...issue.path, key],
    message: `no such setting; known are ${known.join(", ") || "none"}${didYouMean(key, known)}`,
  }));
}
