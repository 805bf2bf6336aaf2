import { z } from "zod";
import { most } from "../../configuration/bounds.ts";
import type { Environment, EnvironmentPart, ToolAnswer } from "../environment.ts";
import { ArithmeticError, evaluateExpression } from "./expression.ts";
import { evaluateFormula, FormulaError, readFormulaCall } from "./evaluateFormula.ts";
import type { Formula } from "./formula.ts";

const Settings = z.strictObject({
  /** Calculations in one response. */
  maxCalls: z
    .number()
    .int()
    .min(0)
    .max(...most(64, "each answer takes room in the response"))
    .default(4),
});
type Settings = z.infer<typeof Settings>;

/** Works out arithmetic, and the formulae that the run's task knows by name. */
export const calculator: EnvironmentPart<Settings> = {
  name: "calculator",
  describe: "Works out arithmetic and the task's formulae; what it cannot work out it refuses with the reason.",
  tags: { call: "calculate", response: "result" },
  settings: Settings,
  create: ({ maxCalls }): Environment => ({
    maxCalls,
    maxPassageTokens: null,
    instructions: ({ formulae = [] }) =>
      `calculate: write an expression${formulae.length === 0 ? "" : " or a formula with its inputs"} between <calculate> and </calculate>, and the ` +
      `result follows between <result> and </result>, which you never write yourself.${listed(formulae)}`,
    open:
      ({ task: { formulae = [] } }) =>
      async (calls) =>
        calls.map((call) => calculate(call, formulae)),
    demonstrate: (question) => `${question.length} * ${question.split(" ").length}`,
    metrics: () => ({}),
    lines: (response) => [response],
  }),
};

function listed(formulae: readonly Formula[]): string {
  const calls = formulae.map(({ name, inputs }) => {
    const written = Object.entries(inputs).map(([input, takes]) =>
      takes.kind === "number" ? `${input}=…` : `${input}=${takes.kind === "yes-no" ? "yes/no" : takes.of.join("/")}`,
    );
    return `${name}(${written.join(", ")})`;
  });
  return calls.length === 0 ? "" : ` The formulae are ${calls.join("; ")}.`;
}

/** The answer to what stands between the tags. */
export function calculate(written: string, formulae: readonly Formula[]): ToolAnswer {
  try {
    const call = readFormulaCall(written);
    if (call === null) {
      const value = Number(evaluateExpression(written).toPrecision(10));
      return { status: "answered", text: String(value), error: null, payload: { value } };
    }
    const { formula, inputs, value } = evaluateFormula(call, formulae);
    const text = `${value.toFixed(formula.digits)}${formula.unit === "" ? "" : ` ${formula.unit}`}`;
    return {
      status: "answered",
      text,
      error: null,
      payload: { formula: formula.name, inputs, value, unit: formula.unit },
    };
  } catch (error) {
    if (!(error instanceof ArithmeticError || error instanceof FormulaError)) throw error;
    return { status: "refused", text: `error: ${error.message}`, error: error.message, payload: {} };
  }
}
