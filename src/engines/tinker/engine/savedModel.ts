import { z } from "zod";
import type { CheckpointRef } from "../../../policy/port.ts";
import { DamagedCheckpointError } from "../../../policy/port.ts";

/** A state on a server, and what a policy must know of it that the server does not say. */
const SavedModel = z.object({
  uri: z.string().startsWith("tinker://"),
  stateHash: z.string().min(1),
  optimizerSteps: z.number().int().min(0),
});
export type SavedModel = z.infer<typeof SavedModel>;

/** The reference that the log keeps: text without secrets. The server's address is in the operator's list alone. */
export function refOf({ uri, stateHash, optimizerSteps }: SavedModel): CheckpointRef {
  return `${uri}#steps=${optimizerSteps}&state=${encodeURIComponent(stateHash)}`;
}

/** Throws DamagedCheckpointError for what is no state of a server. */
export function savedModelOf(ref: CheckpointRef): SavedModel {
  const [uri = "", fragment = ""] = ref.split("#", 2);
  const fields = new URLSearchParams(fragment);
  const parsed = SavedModel.safeParse({
    uri,
    stateHash: fields.get("state"),
    optimizerSteps: Number(fields.get("steps") ?? Number.NaN),
  });
  if (parsed.success) return parsed.data;
  throw new DamagedCheckpointError(`${ref.slice(0, 200)}: no state of a Tinker server`);
}
