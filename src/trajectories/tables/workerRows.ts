import type { ListFormat } from "../listTable.ts";
import { WorkerVersions } from "../records.ts";

/** Versions of the workers that wrote in the log. */
export const workerFormat: ListFormat<WorkerVersions> = {
  name: "workers",
  columns: { package: "text", node: "text", processor: "text?", commit: "text?" },
  toRow: (versions) => ({ ...versions }),
  fromRow: (row) => WorkerVersions.parse(row),
};
