/** A share as percent with one decimal; a dash for null. */
export function percent(share: number | null): string {
  return share === null ? "–" : `${(100 * share).toFixed(1)} %`;
}

/** A difference of shares in percentage points, with its sign. */
export function points(difference: number): string {
  return `${difference >= 0 ? "+" : "−"}${Math.abs(100 * difference).toFixed(1)}`;
}

/** A number with up to four significant digits; a dash for null. */
export function short(value: number | null): string {
  if (value === null) return "–";
  if (value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e5))
    return value.toExponential(1).replaceAll("-", "−");
  return String(Number(value.toPrecision(4))).replaceAll("-", "−");
}

/** A number with two decimals and its sign. */
export function signed(value: number): string {
  return `${value >= 0 ? "+" : "−"}${Math.abs(value).toFixed(2)}`;
}
