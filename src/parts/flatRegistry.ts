import { z } from "zod";
import type { Registry } from "./registry.ts";

/** A part chosen within an object that says more: its name under `key`, its settings beside the `common` fields. */
export type FlatChoice<Key extends string, Common> = { readonly [field in Key]: string } & Common & {
    readonly [setting: string]: unknown;
  };

/** Reads a flat choice: refuses an unknown name and each wrong setting by its field; the part's defaults are filled in. */
export function flatChoice<Key extends string, Common extends z.ZodRawShape>(
  registry: Registry<unknown>,
  key: Key,
  common: Common,
): z.ZodType<FlatChoice<Key, z.output<z.ZodObject<Common>>>> {
  const Common = z.looseObject({ [key]: z.string(), ...common });
  return Common.transform((given, context) => {
    const name = String(given[key]);
    const mine = Object.entries(given).filter(([field]) => field === key || field in common);
    const settings = Object.fromEntries(Object.entries(given).filter(([field]) => field !== key && !(field in common)));
    const checked = registry.check(name, settings);
    if (checked.success)
      return { ...Object.fromEntries(mine), ...checked.settings } as FlatChoice<Key, z.output<z.ZodObject<Common>>>;
    for (const { path, message } of checked.issues)
      context.addIssue({ code: "custom", path: path[0] === "name" ? [key] : path.slice(1), message });
    return z.NEVER;
  });
}

/** The part of a flat choice at work. Throws PartError for a name that this process does not know. */
export function createFlat<Made>(
  registry: Registry<Made>,
  choice: Readonly<Record<string, unknown>>,
  key: string,
  common: readonly string[],
): Made {
  const settings = Object.fromEntries(
    Object.entries(choice).filter(([field]) => field !== key && !common.includes(field)),
  );
  return registry.create({ name: String(choice[key]), settings });
}
