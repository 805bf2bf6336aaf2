/** Raised digits and signs, which Unicode's compatibility forms would put beside the number that they are the power of. */
const raised: Readonly<Record<string, string>> = {
  "⁰": "0",
  "¹": "1",
  "²": "2",
  "³": "3",
  "⁴": "4",
  "⁵": "5",
  "⁶": "6",
  "⁷": "7",
  "⁸": "8",
  "⁹": "9",
  "⁺": "+",
  "⁻": "-",
};

/**
 * A text whose powers and fractions keep their meaning when it is brought to Unicode's compatibility form: 10⁹ is 10^9, 2½ is
 * 2 1/2. Behind letters raised digits stay as they are (m², Ca²⁺).
 */
export function spellOut(text: string): string {
  return text
    .replace(/(?<=[\d)])[⁺⁻]?[⁰¹²³⁴-⁹]+/g, (power) => `^${Array.from(power, (sign) => raised[sign] ?? sign).join("")}`)
    .replace(
      /(\d?)([¼-¾⅐-⅞↉])/g,
      (_, before: string, fraction: string) => `${before}${before === "" ? "" : " "}${fraction.normalize("NFKC")}`,
    )
    .replaceAll("\u2044", "/")
    .replace(/(?<=\d)[\u00a0\u2009\u202f](?=\d{3}(?!\d))/g, "");
}

/** Powers of ten in all their forms, and numbers with separators or needless zeros, each in one form: 1e9, 1000, 5, 0.5. `text` is in lower case. */
export function canonicalNumbers(text: string): string {
  return text
    .replace(/(?<![\d.])(\d{1,3}(?:,\d{3})+)(?![\d,])/g, (number) => number.replaceAll(",", ""))
    .replace(
      /(?<![\p{L}\d.^])(?:(\d+(?:\.\d+)?)\s*(?:[x×*·⋅]|\\times)\s*)?10\s*\^\s*\{?\(?([+-]?\d+)\)?\}?/gu,
      (_, factor: string | undefined, power: string) => `${factor ?? "1"}e${Number(power)}`,
    )
    .replace(/(?<![\p{L}\d.^])(\d+(?:\.\d+)?)e([+-]?\d{1,2})(?![\p{L}\d])/gu, (_, factor: string, power: string) =>
      decimal(factor, Number(power)),
    )
    .replace(/(?<![\p{L}\d.])\.(?=\d)/gu, "0.")
    .replace(/(?<![\p{L}\d.^])(\d+)\.(\d*?)0+(?![\d.])/gu, (_, whole: string, rest: string) =>
      rest === "" ? whole : `${whole}.${rest}`,
    );
}

/** Digits times a power of ten, written out where that is short; exact, unlike a product of floating-point numbers. */
function decimal(factor: string, power: number): string {
  const [whole = "", rest = ""] = factor.split(".");
  const digits = whole + rest;
  const point = whole.length + power;
  const padded = point <= 0 ? `${"0".repeat(1 - point)}${digits}` : digits.padEnd(point, "0");
  const place = Math.max(1, point);
  const fraction = padded.slice(place).replace(/0+$/, "");
  const integer = padded.slice(0, place).replace(/^0+(?=\d)/, "");
  return fraction === "" ? integer : `${integer}.${fraction}`;
}
