import type { ListFormat } from "../listTable.ts";
import { BranchRecord } from "../records.ts";

export const branchFormat: ListFormat<BranchRecord> = {
  name: "branches",
  columns: {
    name: "text",
    parent: "text?",
    forkStep: "integer",
    cause: "text",
    stage: "integer?",
    reason: "text",
    learningRateFactor: "number",
  },
  toRow: (branch) => ({ ...branch }),
  fromRow: (row) => BranchRecord.parse(row),
};
