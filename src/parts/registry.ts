import { z } from "zod";
import type { ChosenPart, Part } from "./part.ts";

/** A part that cannot be registered or is not known; the message says which and what to do. */
export class PartError extends Error {
  override readonly name = "PartError";
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
  /** `{name, settings}` with the part's own defaults; refuses unknown names and each wrong setting by its field. */
  readonly Chosen: z.ZodType<ChosenPart>;
  /** The chosen part at work. Throws PartError for a name that this process does not know. */
  create(chosen: ChosenPart): Made;
}

/** What a registry keeps of a part: its settings' type is known to the part alone. */
interface Entry<Made> {
  readonly describe: string;
  readonly check: (settings: unknown) => z.ZodSafeParseResult<unknown>;
  readonly create: (settings: unknown) => Made;
}

export function createRegistry<Made>(kind: string): Registry<Made> {
  const entries = new Map<string, Entry<Made>>();
  const unknown = (name: string): string => `there is no ${kind} ${JSON.stringify(name)}; known are ${[...entries.keys()].join(", ")}`;
  const Chosen = z.strictObject({ name: z.string(), settings: z.record(z.string(), z.unknown()).default({}) }).transform((chosen, context): ChosenPart => {
    const entry = entries.get(chosen.name);
    if (entry === undefined) {
      context.addIssue({ code: "custom", path: ["name"], message: unknown(chosen.name) });
      return z.NEVER;
    }
    const checked = entry.check(chosen.settings);
    if (checked.success) return { name: chosen.name, settings: checked.data as ChosenPart["settings"] };
    for (const issue of checked.error.issues) context.addIssue({ code: "custom", path: ["settings", ...issue.path], message: `${issue.message} (${kind} ${chosen.name})` });
    return z.NEVER;
  });
  return {
    kind,
    names: () => [...entries.keys()],
    descriptions: () => Object.fromEntries([...entries].map(([name, { describe }]) => [name, describe])),
    add: ({ name, describe, settings, create }) => {
      if (!partName.test(name)) throw new PartError(`${kind} ${JSON.stringify(name)}: a name has 1 to 40 small letters, digits and hyphens and begins with a letter`);
      if (entries.has(name)) throw new PartError(`${kind} "${name}": the name is taken; choose another one`);
      entries.set(name, { describe, check: (given) => settings.safeParse(given), create: (given) => create(settings.parse(given)) });
    },
    Chosen,
    create: ({ name, settings }) => {
      const entry = entries.get(name);
      if (entry === undefined) throw new PartError(unknown(name));
      return entry.create(settings);
    },
  };
}
