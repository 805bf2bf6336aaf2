import { z, type EnvironmentPart, type ToolAnswer } from "med-r3";

const settings = z.strictObject({ maxCalls: z.number().int().min(0).max(16).default(2) });

/** By unit: what it measures, and how much of the measure's base unit it is. */
const units: Readonly<Record<string, readonly [measure: string, size: number]>> = {
  kg: ["mass", 1000],
  g: ["mass", 1],
  mg: ["mass", 1e-3],
  µg: ["mass", 1e-6],
  l: ["volume", 1],
  dl: ["volume", 0.1],
  ml: ["volume", 1e-3],
};

/** An environment: "250 mg in g" between <convert> and </convert> is answered by "0.25 g". */
export const environment: EnvironmentPart<z.infer<typeof settings>> = {
  name: "convert",
  describe: "Converts masses and volumes.",
  tags: { call: "convert", response: "converted" },
  settings,
  create: ({ maxCalls }) => ({
    maxCalls,
    maxPassageTokens: null,
    instructions: () =>
      `convert: write a quantity and a unit, such as "250 mg in g", between <convert> and </convert>, and the result follows ` +
      `between <converted> and </converted>, which you never write yourself. The units are ${Object.keys(units).join(", ")}.`,
    open: () => async (calls) => calls.map(convert),
    metrics: () => ({}),
    lines: (response) => [response],
    demonstrate: null,
  }),
};

function convert(call: string): ToolAnswer {
  const [, amount = "", from = "", to = ""] = /^\s*([\d.]+) *(\S+) +in +(\S+)\s*$/u.exec(call) ?? [];
  const [source, target] = [units[from], units[to]];
  if (source === undefined || target === undefined || source[0] !== target[0]) {
    const error = `cannot convert ${JSON.stringify(call.trim())}`;
    return { status: "refused", text: `error: ${error}`, error, payload: {} };
  }
  const value = Number(((Number(amount) * source[1]) / target[1]).toPrecision(10));
  return { status: "answered", text: `${value} ${to}`, error: null, payload: { value, unit: to } };
}
