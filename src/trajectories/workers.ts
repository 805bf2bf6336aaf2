import type { ListTable } from "./listTable.ts";
import type { RunLog } from "./log.ts";
import { ownVersions } from "./ownVersions.ts";
import type { WorkerVersions } from "./records.ts";

/** Which software and processors a log was written by. */
export interface WorkerNotes extends Pick<RunLog, "readWorkers"> {
  /** Notes this process in the log, unless one of the same versions is there. */
  note(): Promise<void>;
}

export function createWorkerNotes(table: ListTable<WorkerVersions>): WorkerNotes {
  let noted = false;
  const readWorkers = async (): Promise<readonly WorkerVersions[]> => {
    await table.refresh();
    return table.records.filter((one, index) => table.records.findIndex((other) => isSame(one, other)) === index);
  };
  return {
    readWorkers,
    note: async () => {
      if (noted) return;
      const own = await ownVersions();
      if (!(await readWorkers()).some((one) => isSame(one, own))) await table.append(own);
      noted = true;
    },
  };
}

function isSame(a: WorkerVersions, b: WorkerVersions): boolean {
  return a.package === b.package && a.node === b.node && a.processor === b.processor && a.commit === b.commit;
}
