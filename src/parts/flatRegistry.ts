import { z } from "zod";
import type { Registry } from "./partRegistry.ts";

/** A part chosen within an object that says more: its name under `key`, its settings beside the `common` fields. */
export type FlatChoice<Key extends string, Common> = { readonly [field in Key]: string } & Common & {
    readonly [setting: string]: unknown;
  };

/** A registry whose parts are chosen so. */
export interface FlatRegistry<Made, Key extends string, Choice> {
  /** Refuses an unknown name and each wrong setting by its field; the part's defaults are filled in. */
  readonly Choice: z.ZodType<Choice>;
  /** The chosen part at work. Throws PartError for a name that this process does not know. */
  create(choice: { readonly [field in Key]: string }): Made;
}

/** Wraps a registry whose choices have the part's settings beside its name (`key`) and the `common` fields. */
export function flatRegistry<Made, Key extends string, Common extends z.ZodRawShape>(
  registry: Registry<Made>,
  key: Key,
  common: Common,
): FlatRegistry<Made, Key, FlatChoice<Key, z.output<z.ZodObject<Common>>>> {
  type Choice = FlatChoice<Key, z.output<z.ZodObject<Common>>>;
  const fields = (given: object, ofPart: boolean): Record<string, unknown> =>
    Object.fromEntries(Object.entries(given).filter(([field]) => (field !== key && !(field in common)) === ofPart));
  const Choice = z.looseObject({ [key]: z.string(), ...common }).transform((given, context): Choice => {
    const checked = registry.check(String(given[key]), fields(given, true));
    if (checked.success) return { ...fields(given, false), ...checked.settings } as Choice;
    for (const { path, message } of checked.issues)
      context.addIssue({ code: "custom", path: path[0] === "name" ? [key] : path.slice(1), message });
    return z.NEVER;
  });
  return {
    Choice,
    create: (choice) => registry.create({ name: choice[key], settings: fields(choice, true) }),
  };
}
