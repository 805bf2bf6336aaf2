/** An expression that cannot be worked out; the message goes to whoever wrote it. */
export class ArithmeticError extends Error {
  override readonly name = "ArithmeticError";
}

const token = /\s*(?:(\d+(?:\.\d*)?(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?)|([-+*/^()]))/iuy;
const deepest = 64;

/** Value of an expression of numbers, + − × ÷, powers (^) and brackets. Throws ArithmeticError for anything else, and for a value that is no finite number. */
export function evaluateExpression(written: string): number {
  const parts = tokenize(written);
  let position = 0;
  let depth = 0;
  const next = (): string | number | undefined => parts[position];
  const isNext = (...signs: readonly string[]): boolean => signs.includes(String(next())) && typeof next() === "string";

  const sum = (): number => {
    let value = product();
    while (isNext("+", "-")) value = finite(parts[position++] === "+" ? value + product() : value - product());
    return value;
  };
  const product = (): number => {
    let value = signed();
    while (isNext("*", "/")) value = finite(parts[position++] === "*" ? value * signed() : quotient(value, signed()));
    return value;
  };
  const signed = (): number => {
    let sign = 1;
    while (isNext("-", "+")) sign *= parts[position++] === "-" ? -1 : 1;
    return sign * power();
  };
  const power = (): number => {
    const base = primary();
    if (!isNext("^")) return base;
    position++;
    return nested(() => finite(base ** signed()));
  };
  const primary = (): number => {
    const part = parts[position++];
    if (typeof part === "number") return part;
    if (part !== "(")
      throw new ArithmeticError(part === undefined ? "the expression ends too early" : `unexpected "${part}"`);
    const value = nested(sum);
    if (parts[position++] !== ")") throw new ArithmeticError('a ")" is missing');
    return value;
  };
  const nested = (work: () => number): number => {
    if (++depth > deepest) throw new ArithmeticError(`brackets and powers are nested more than ${deepest} times`);
    const value = work();
    depth--;
    return value;
  };

  const value = sum();
  if (position < parts.length) throw new ArithmeticError(`unexpected "${parts[position]}"`);
  return finite(value);
}

function finite(value: number): number {
  if (!Number.isFinite(value)) throw new ArithmeticError("the value is no finite number");
  return value;
}

function quotient(dividend: number, divisor: number): number {
  if (divisor === 0) throw new ArithmeticError("division by zero");
  return dividend / divisor;
}

function tokenize(written: string): (string | number)[] {
  const text = written.replace(/[×·]/gu, "*").replace(/÷/gu, "/").replace(/[−–]/gu, "-").trim();
  const parts: (string | number)[] = [];
  let position = 0;
  while (position < text.length) {
    token.lastIndex = position;
    const match = token.exec(text);
    if (match === null) throw new ArithmeticError(`"${text.slice(position).trim().slice(0, 40)}" is no number`);
    parts.push(match[1] === undefined ? (match[2] ?? "") : Number(match[1]));
    position = token.lastIndex;
  }
  return parts;
}
