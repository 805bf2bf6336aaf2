import { ConfigurationError } from "./configurationError.ts";
import { changeNamed, isNamedList, NoSuchMemberError } from "./namedLists.ts";

/** Nested settings that replace a preset's. */
export type Overrides = { [key: string]: unknown };

/**
 * Later objects win; objects are merged, members of a list are changed by their names, everything else is replaced. Throws
 * ConfigurationError where a list has no member of a name.
 */
export function mergeOverrides(parts: readonly Overrides[]): Overrides {
  return parts.reduce<Overrides>((merged, part) => mergeTwo(merged, part), {});
}

function mergeTwo(base: Overrides, over: Overrides): Overrides {
  const merged = { ...base };
  for (const [key, value] of Object.entries(over)) merged[key] = mergeValue(merged[key], value, key);
  return merged;
}

function mergeValue(before: unknown, value: unknown, place: string): unknown {
  if (!isOverrides(value)) return value;
  if (!isNamedList(before)) return isOverrides(before) ? mergeTwo(before, value) : value;
  try {
    return changeNamed(before, value, (one, change) => mergeValue(one, change, place));
  } catch (error) {
    throw error instanceof NoSuchMemberError ? new ConfigurationError(`${place}${error.message}`) : error;
  }
}

export function isOverrides(value: unknown): value is Overrides {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
