import type { RunLog } from "./log.ts";

/** The log over LanceDB. */
export async function createRunLog(_folder: string): Promise<RunLog> {
  throw new Error("not yet");
}
