import { z } from "zod";
import { describeWrongFields } from "../domain/wrongFields.ts";
import { askPart, PartFaultError } from "./partFault.ts";

const Given = z.record(z.string(), z.number());

/** A part that gives metrics of its own. */
export interface MeasuringPart {
  /** "algorithm", "environment": how messages call it. */
  readonly kind: string;
  readonly name: string;
}

/**
 * What a part measures beside the project: finite numbers whose names begin with the part's and are none of those `taken`. Throws
 * PartFaultError for others, and where `measure` throws.
 */
export function ownMetrics(
  { kind, name }: MeasuringPart,
  measure: () => unknown,
  taken: readonly string[] = [],
): Readonly<Record<string, number>> {
  const part = `${kind} "${name}"`;
  const given = Given.safeParse(askPart(part, measure));
  if (!given.success)
    throw new PartFaultError(`${part} gave metrics that do not fit: ${describeWrongFields(given.error)}`);
  for (const metric of Object.keys(given.data)) {
    if (!metric.startsWith(`${name}/`))
      throw new PartFaultError(`${part} gave the metric "${metric}"; names of its own begin with "${name}/"`);
    if (taken.includes(metric))
      throw new PartFaultError(`${part} gave the metric "${metric}", which the project gives; choose another name`);
  }
  return given.data;
}
