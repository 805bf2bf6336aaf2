import { NativeConnection } from "@temporalio/worker";
import { setTimeout as sleep } from "node:timers/promises";
import { CliError } from "../src/cli/cliError.ts";
import type { ServerAccess } from "../src/server/serverAccess.ts";
import { messageOf } from "../src/domain/messageOf.ts";

/** Milliseconds in which a server answers. */
const patience = 15_000;

/** Connects to the server; where none answers, says so in one line, and which settings of the environment were used. */
export async function connectWorker({ connectionOptions }: ServerAccess): Promise<NativeConnection> {
  const late = sleep(patience, undefined, { ref: false }).then(() =>
    Promise.reject(new Error(`no answer within ${patience / 1000} s`)),
  );
  const secured = [
    ...(connectionOptions.tls ? ["TLS"] : []),
    ...(connectionOptions.apiKey === undefined ? [] : ["a key"]),
  ].join(" and ");
  const how =
    secured === ""
      ? ""
      : ` by ${secured}, as TEMPORAL_* variables or a profile file ask; add --local for a laptop's own server`;
  return Promise.race([NativeConnection.connect(connectionOptions), late]).catch((error: unknown) => {
    throw new CliError(
      `No Temporal server answers at ${connectionOptions.address}${how} (${reasonOf(error)}). Start one with npm run serve-ui, or name one with --address HOST:PORT.`,
      1,
    );
  });
}

/** The operating system's words inside those of the transport. */
function reasonOf(error: unknown): string {
  const text = messageOf(error);
  return /(?:message|error): "([^"]+)"/u.exec(text)?.[1] ?? text.split("\n")[0] ?? text;
}
