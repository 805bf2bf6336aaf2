import { readFileSync } from "node:fs";
import { ServiceList, servicesVariable, type Service } from "../configuration/services.ts";
import { didYouMean } from "../domain/nearest.mjs";
import { repeatedKey } from "../domain/text/repeatedKey.ts";
import { describeWrongFields, namingKnown } from "../domain/wrongFields.ts";

/** A list that cannot be read, or an entry that is not in it: only the operator can help. */
export class ServiceError extends Error {
  override readonly name = "ServiceError";
}

/** The operator's list; empty without one. Throws ServiceError where it cannot be read. */
export function readServices(environment: NodeJS.ProcessEnv): ReadonlyMap<string, Service> {
  const given = environment[servicesVariable]?.trim() ?? "";
  if (given === "") return new Map();
  const parsed = ServiceList.safeParse(parseJson(given.startsWith("{") ? given : readList(given)), {
    error: namingKnown,
  });
  if (!parsed.success) throw new ServiceError(`${servicesVariable}: ${describeWrongFields(parsed.error)}`);
  return new Map(Object.entries(parsed.data));
}

/** The entry that an input names. Throws ServiceError, which says what there is and how to add one. */
export function findService(name: string, environment: NodeJS.ProcessEnv): Service {
  const services = readServices(environment);
  const found = services.get(name);
  if (found !== undefined) return found;
  const known = services.size === 0 ? "it lists none" : `it lists ${[...services.keys()].join(", ")}`;
  throw new ServiceError(
    `no service "${name}" in this worker's ${servicesVariable} (${known}${didYouMean(name, [...services.keys()])}); the operator adds it: {"${name}": {"url": "https://…/v1", "keyVariable": "…"}}`,
  );
}

function readList(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new ServiceError(
      `${servicesVariable} is neither a JSON object nor a file that can be read (${codeOf(error)})`,
    );
  }
}

function parseJson(text: string): unknown {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    throw new ServiceError(`${servicesVariable} is no JSON`);
  }
  const twice = repeatedKey(text);
  if (twice !== null) throw new ServiceError(`${servicesVariable} has ${JSON.stringify(twice)} twice`);
  return list;
}

/** Messages of Node repeat what was given, in which an address or a key may stand. */
function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unreadable";
}
