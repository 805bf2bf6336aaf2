import type { ConnectionLike } from "@temporalio/client";
import {
  encodeSearchAttributeIndexedValueType,
  type SearchAttributeKey,
  type SearchAttributeType,
} from "@temporalio/common/lib/search-attributes.js";

/** What registration needs; clients' and workers' connections both offer it. */
type Registry = Pick<ConnectionLike, "operatorService">;

/** Registers the search attributes that a namespace lacks; safe to call by several processes at once. Refuses one that is there with another type. */
export async function registerSearchAttributes(
  connection: Registry,
  namespace: string,
  keys: readonly SearchAttributeKey<SearchAttributeType>[],
): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  for (const { name, type } of keys) {
    const [there, wanted] = [customAttributes[name], encodeSearchAttributeIndexedValueType(type)];
    if (there !== undefined && there !== wanted)
      throw new Error(
        `the search attribute ${name} of namespace "${namespace}" has another type than ${type}: it is of an earlier version; remove it (temporal operator search-attribute remove --name ${name}) or start with a new --root`,
      );
  }
  const missing = keys.filter((key) => customAttributes[key.name] === undefined);
  if (missing.length === 0) return;
  const entries = missing.map((key) => [key.name, encodeSearchAttributeIndexedValueType(key.type) ?? null] as const);
  try {
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(
        entries.filter((entry): entry is [string, NonNullable<(typeof entry)[1]>] => entry[1] !== null),
      ),
    });
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
}

/** gRPC's ALREADY_EXISTS. */
function isAlreadyExists(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === 6;
}
