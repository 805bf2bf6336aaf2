import { didYouMean } from "../../domain/nearest.mjs";
import { ArithmeticError, evaluateExpression } from "./expression.ts";
import type { Formula, FormulaInput, FormulaValue } from "./formula.ts";

/** A call of a formula that cannot be worked out; the message goes to whoever wrote it. */
export class FormulaError extends Error {
  override readonly name = "FormulaError";
}

export interface FormulaCall {
  readonly name: string;
  /** The values as written, by input. */
  readonly given: ReadonlyMap<string, string>;
}

const call = /^\s*([a-z][a-z0-9_]*)\s*\(([\s\S]*)\)\s*$/iu;

/** Reads `name(input=value, input=value)`; null for a text that is no such call. Throws FormulaError for an argument without a name, and one given twice. */
export function readFormulaCall(written: string): FormulaCall | null {
  const match = call.exec(written);
  if (match === null) return null;
  const name = (match[1] ?? "").toLowerCase();
  const given = new Map<string, string>();
  for (const argument of (match[2] ?? "").split(",").filter((one) => one.trim() !== "")) {
    const equals = argument.indexOf("=");
    if (equals < 0) throw new FormulaError(`"${argument.trim()}": write each input as name=value`);
    const input = argument.slice(0, equals).trim().toLowerCase();
    if (given.has(input)) throw new FormulaError(`${input} is given twice`);
    given.set(input, argument.slice(equals + 1).trim());
  }
  return { name, given };
}

export interface FormulaResult {
  readonly formula: Formula;
  readonly inputs: Readonly<Record<string, FormulaValue>>;
  /** The result, rounded to the formula's digits. */
  readonly value: number;
}

/** Throws FormulaError for an unknown formula, and for inputs that are missing, unknown, no numbers or out of their range. */
export function evaluateFormula({ name, given }: FormulaCall, formulae: readonly Formula[]): FormulaResult {
  const names = formulae.map((one) => one.name);
  const formula = formulae.find((one) => one.name === name);
  if (formula === undefined)
    throw new FormulaError(
      `there is no formula "${name}"; known are ${names.join(", ") || "none"}${didYouMean(name, names)}`,
    );
  const known = Object.keys(formula.inputs);
  for (const input of given.keys())
    if (!known.includes(input))
      throw new FormulaError(
        `${name} has no input "${input}"; it takes ${known.join(", ")}${didYouMean(input, known)}`,
      );
  const inputs = Object.fromEntries(
    Object.entries(formula.inputs).map(([input, takes]) => [input, readValue(input, takes, given.get(input))]),
  );
  const contradiction = formula.contradiction?.(inputs) ?? null;
  if (contradiction !== null) throw new FormulaError(contradiction);
  const value = formula.compute(inputs);
  if (!Number.isFinite(value)) throw new FormulaError(`${name}: these inputs give no finite number`);
  return { formula, inputs, value: Number(value.toFixed(formula.digits)) };
}

function readValue(input: string, takes: FormulaInput, written: string | undefined): FormulaValue {
  const wanted = describeInput(takes);
  if (written === undefined || written === "") throw new FormulaError(`${input} is missing; expected ${wanted}`);
  const wrong = new FormulaError(`${input}: expected ${wanted}, got "${written}"`);
  const word = written.toLowerCase();
  switch (takes.kind) {
    case "yes-no":
      if (word !== "yes" && word !== "no") throw wrong;
      return word === "yes";
    case "choice":
      if (!takes.of.includes(word)) throw wrong;
      return word;
    case "number": {
      const value = numberOf(written);
      if (value === null || value < takes.minimum || value > takes.maximum) throw wrong;
      return value;
    }
  }
}

/** What an input takes, in words. */
export function describeInput(takes: FormulaInput): string {
  switch (takes.kind) {
    case "yes-no":
      return "yes or no";
    case "choice":
      return takes.of.join(" or ");
    case "number":
      return `a number from ${takes.minimum} to ${takes.maximum}${takes.unit === "" ? "" : ` ${takes.unit}`}`;
  }
}

function numberOf(written: string): number | null {
  try {
    return evaluateExpression(written);
  } catch (error) {
    if (error instanceof ArithmeticError) return null;
    throw error;
  }
}
