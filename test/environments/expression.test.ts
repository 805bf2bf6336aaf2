import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ArithmeticError, evaluateExpression } from "../../src/environments/calculator/expression.ts";

function outcomeOf(text: string): string {
  try {
    return Number.isFinite(evaluateExpression(text)) ? "finite" : "infinite";
  } catch (error) {
    return error instanceof ArithmeticError ? "refused" : "failed";
  }
}

describe("an expression", () => {
  it.each([
    ["2 + 3 * 4", 14],
    ["(2 + 3) * 4", 20],
    ["10 - 4 - 3", 3],
    ["2 ^ 3 ^ 2", 512],
    ["-2 ^ 2", -4],
    ["2 ^ -1", 0.5],
    ["1.5e3 / 2", 750],
    [".5 × 4 ÷ 2 − 1", 0],
    ["- - 3", 3],
  ])("%s is %d", (text, value) => {
    expect(evaluateExpression(text)).toBeCloseTo(value, 12);
  });

  it.each([
    ["", "ends too early"],
    ["2 +", "ends too early"],
    ["(2", '")" is missing'],
    ["2 3", 'unexpected "3"'],
    ["2 / (1 - 1)", "division by zero"],
    ["1 / 10 ^ 400", "no finite number"],
    ["(0 - 8) ^ 0.5", "no finite number"],
    ["1,000 * 2", '",000 * 2" is no number'],
    ["process.exit(1)", "is no number"],
    ["(".repeat(20_000), "nested more than 64"],
  ])("%s is refused", (text, why) => {
    expect(() => evaluateExpression(text)).toThrow(why);
  });

  it("of any text is a finite number or refused", () => {
    const piece = fc.constantFrom("1", "2.5", "+", "-", "*", "/", "^", "(", ")", "x", " ", "e5", "薬");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        expect(outcomeOf(pieces.join(""))).toMatch(/^(finite|refused)$/u);
      }),
    );
  });
});
