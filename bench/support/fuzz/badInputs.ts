import fc from "fast-check";

/** A wrong input and the field that its refusal must name. */
export interface BadInput {
  readonly input: unknown;
  readonly field: string;
}

type Json = Readonly<Record<string, unknown>>;

/** Values of every JSON type but null, which some fields take; what fits a field's own type is left out. */
const strays: readonly unknown[] = ["stray text", -7.5, true, [], ["x"], {}, { stray: 1 }];

/** Inputs that are right but for one field: of a wrong type, or unknown. `valid` must name every field once; it may have none. */
export function badInputs(valid: Json): fc.Arbitrary<BadInput> {
  return fc.oneof(
    ...(leaves(valid, []).length === 0 ? [] : [{ weight: 4, arbitrary: wrongType(valid) }]),
    { weight: 1, arbitrary: unknownField(valid) },
    { weight: 1, arbitrary: fc.constantFrom<unknown>(7, "text", true, [1, 2]).map((input) => ({ input, field: "" })) },
  );
}

function wrongType(valid: Json): fc.Arbitrary<BadInput> {
  return fc
    .constantFrom(...leaves(valid, []))
    .chain(({ path, value }) =>
      fc
        .constantFrom(...strays.filter((stray) => typeOf(stray) !== typeOf(value)))
        .map((stray) => ({ input: replace(valid, path, stray), field: fieldOf(path) })),
    );
}

function unknownField(valid: Json): fc.Arbitrary<BadInput> {
  return fc
    .stringMatching(/^[a-z]{1,12}$/)
    .map((name) => `${name}Unknown`)
    .map((field) => ({ input: { ...valid, [field]: 1 }, field }));
}

/** Every field with a value of its own, and every list as a whole; fields within lists, too. */
function leaves(value: object, path: readonly string[]): { path: readonly string[]; value: unknown }[] {
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) => {
    const here = { path: [...path, name], value: inner };
    if (typeof inner !== "object" || inner === null) return [here];
    return Array.isArray(inner) ? [here, ...leaves(inner, here.path)] : leaves(inner, here.path);
  });
}

/** The name that a refusal must hold; an item of a list goes by the list's. */
function fieldOf(path: readonly string[]): string {
  return path.findLast((name) => !/^\d+$/u.test(name)) ?? "";
}

function replace(value: unknown, [name, ...rest]: readonly string[], stray: unknown): unknown {
  if (name === undefined) return stray;
  if (Array.isArray(value))
    return value.map((inner: unknown, index) => (String(index) === name ? replace(inner, rest, stray) : inner));
  const fields = typeof value === "object" && value !== null ? Object.entries(value) : [];
  return Object.fromEntries(
    fields.map(([key, inner]: [string, unknown]) => [key, key === name ? replace(inner, rest, stray) : inner]),
  );
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}
