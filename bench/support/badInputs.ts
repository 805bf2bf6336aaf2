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
  return fc.constantFrom(...leaves(valid, [])).chain(({ path, value }) =>
    fc.constantFrom(...strays.filter((stray) => typeOf(stray) !== typeOf(value))).map((stray) => ({ input: replace(valid, path, stray), field: path.at(-1) ?? "" })),
  );
}

function unknownField(valid: Json): fc.Arbitrary<BadInput> {
  return fc.stringMatching(/^[a-z]{1,12}$/)
    .map((name) => `${name}Unknown`)
    .map((field) => ({ input: { ...valid, [field]: 1 }, field }));
}

function leaves(value: Json, path: readonly string[]): { path: readonly string[]; value: unknown }[] {
  return Object.entries(value).flatMap(([name, inner]) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner) ? leaves({ ...inner }, [...path, name]) : [{ path: [...path, name], value: inner }],
  );
}

function replace(value: Json, [name, ...rest]: readonly string[], stray: unknown): Json {
  if (name === undefined) return value;
  const inner = value[name];
  return { ...value, [name]: rest.length === 0 ? stray : replace(typeof inner === "object" && inner !== null ? { ...inner } : {}, rest, stray) };
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}
