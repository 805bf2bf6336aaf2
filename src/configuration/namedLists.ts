import { didYouMean } from "../domain/nearest.mjs";

/** Changes to a list whose members have names, by a name that it does not have or by none. Its message follows the list's own name. */
export class NoSuchMemberError extends Error {
  override readonly name = "NoSuchMemberError";
}

export type NamedMember = Readonly<Record<string, unknown>> & { readonly name: string };
type Changes = Readonly<Record<string, unknown>>;
type Merge = (before: unknown, change: unknown) => unknown;

/** A list whose members have names, such as stages or environments: settings reach them as `stages.NAME`. */
export function isNamedList(value: unknown): value is readonly NamedMember[] {
  return (
    Array.isArray(value) &&
    value.every((one: unknown) => isObject(one) && "name" in one && typeof one["name"] === "string")
  );
}

/**
 * The list with the members changed that `changes` names. Into a list of parts, `{name, settings}`, it puts settings, and adds the parts that are not
 * there. Throws NoSuchMemberError where another list lacks a name, and for no change at all: `{}` in a list's place looks like an empty list.
 */
export function changeNamed(list: readonly NamedMember[], changes: Changes, merge: Merge): unknown[] {
  if (Object.keys(changes).length === 0)
    throw new NoSuchMemberError(`: an empty object changes nothing; give a list, or settings by name${known(list)}`);
  const isPart = (one: NamedMember): boolean => Object.keys(one).every((key) => key === "name" || key === "settings");
  return list.every(isPart) ? changeParts(list, changes, merge) : changeMembers(list, changes, merge);
}

function changeParts(list: readonly NamedMember[], changes: Changes, merge: Merge): unknown[] {
  const names = new Set([...list.map(({ name }) => name), ...Object.keys(changes)]);
  return [...names].map((name) => {
    const known = list.find((part) => part.name === name)?.["settings"] ?? {};
    return { name, settings: Object.hasOwn(changes, name) ? merge(known, changes[name]) : known };
  });
}

function changeMembers(list: readonly NamedMember[], changes: Changes, merge: Merge): unknown[] {
  const names = list.map(({ name }) => name);
  const stray = Object.keys(changes).find((key) => !names.includes(key));
  if (stray !== undefined)
    throw new NoSuchMemberError(`.${stray}: there is none${known(list)}${didYouMean(stray, names)}`);
  return list.map((one) => (Object.hasOwn(changes, one.name) ? merge(one, changes[one.name]) : one));
}

function known(list: readonly NamedMember[]): string {
  return list.length === 0 ? "" : `; known are ${list.map(({ name }) => name).join(", ")}`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
