/** What a formula takes. Numbers are in the unit, from `minimum` to `maximum`. */
export type FormulaInput =
  | { readonly kind: "number"; readonly unit: string; readonly minimum: number; readonly maximum: number }
  | { readonly kind: "choice"; readonly of: readonly string[] }
  | { readonly kind: "yes-no" };

export type FormulaValue = number | string | boolean;

/** A formula with a name, as a calculator knows it. */
export interface Formula {
  /** Small letters, digits and underscores. */
  readonly name: string;
  /** Where it was published. */
  readonly source: string;
  /** All of them are needed. Names say their units. */
  readonly inputs: Readonly<Record<string, FormulaInput>>;
  /** Unit of the result; "" for points. */
  readonly unit: string;
  /** Digits behind the point of the result. */
  readonly digits: number;
  /** Values are checked against the inputs before. */
  readonly compute: (values: Readonly<Record<string, FormulaValue>>) => number;
  /** What is wrong with values that are each in their range; null for nothing. */
  readonly contradiction?: (values: Readonly<Record<string, FormulaValue>>) => string | null;
}

type ValueOf<Input extends FormulaInput> = Input extends { kind: "number" }
  ? number
  : Input extends { kind: "choice"; of: readonly (infer Word)[] }
    ? Word
    : boolean;

interface TypedFormula<Inputs extends Readonly<Record<string, FormulaInput>>>
  extends Omit<Formula, "inputs" | "compute"> {
  readonly inputs: Inputs;
  readonly compute: (values: { readonly [Name in keyof Inputs]: ValueOf<Inputs[Name]> }) => number;
}

/** A formula whose computation gets its values by the kinds of its inputs. */
export function formula<const Inputs extends Readonly<Record<string, FormulaInput>>>(
  typed: TypedFormula<Inputs>,
): Formula {
  return { ...typed, compute: (values) => typed.compute(values as Parameters<typeof typed.compute>[0]) };
}

/** A number in a unit; `minimum` and `maximum` are the widest that can be meant, so that a wrong unit is noticed. */
export function quantity<const Unit extends string>(unit: Unit, minimum: number, maximum: number) {
  return { kind: "number", unit, minimum, maximum } as const;
}

/** An argument that is one of some words. */
export function choice<const Words extends readonly string[]>(...of: Words) {
  return { kind: "choice", of } as const;
}

export const yesNo = { kind: "yes-no" } as const;
