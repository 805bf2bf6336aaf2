import { Checkpoint } from "../../domain/step.ts";
import type { ListFormat } from "../listTable.ts";

export const checkpointFormat: ListFormat<Checkpoint> = {
  name: "checkpoints",
  columns: { branch: "text", step: "integer", stateHash: "text", ref: "text", keep: "flag" },
  toRow: (checkpoint) => ({ ...checkpoint }),
  fromRow: (row) => Checkpoint.parse(row),
};
