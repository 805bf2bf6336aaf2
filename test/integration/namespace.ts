import { Client, Connection } from "@temporalio/client";
import { msToTs } from "@temporalio/common/lib/time.js";
import { randomUUID } from "node:crypto";
import { inject } from "vitest";
import { registerSearchAttributes } from "../../src/server/searchAttributes.ts";
import { searchAttributes } from "../../temporal.config.ts";

/** A namespace of its own on the shared server: test files do not see each other's workflows and queues. */
export interface TestNamespace {
  readonly address: string;
  readonly namespace: string;
  readonly client: Client;
  close(): Promise<void>;
}

export async function createNamespace(): Promise<TestNamespace> {
  const address = inject("temporalAddress");
  const namespace = `test-${randomUUID().slice(0, 8)}`;
  const connection = await Connection.connect({ address });
  await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: msToTs("1 day") });
  await untilKnown(connection, namespace);
  return { address, namespace, client: new Client({ connection, namespace }), close: () => connection.close() };
}

/** A new namespace is usable once the server's cache has it; adding the search attributes shows it. */
async function untilKnown(connection: Connection, namespace: string): Promise<void> {
  for (;;) {
    try {
      await registerSearchAttributes(connection, namespace, Object.values(searchAttributes));
      return;
    } catch (error) {
      if (!String(error).includes("not found")) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
