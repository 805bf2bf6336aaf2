import { readdirSync, readFileSync } from "node:fs";

interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly residentBytes: number;
}

const pageBytes = 4096;

/** Reads /proc; processes that end meanwhile are left out. Linux only. */
function processRows(): ProcessRow[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/u.test(name))
    .flatMap((name) => {
      const row = readRow(name);
      return row === null ? [] : [row];
    });
}

function readRow(pid: string): ProcessRow | null {
  try {
    // The command name, in brackets, may hold spaces; what follows it does not.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { pid: Number(pid), parent: Number(fields[1]), residentBytes: Number(fields[21]) * pageBytes };
  } catch {
    return null;
  }
}

/** Sum of the resident memory of a process and all its descendants, in bytes. Shared pages are counted in each. */
export function treeResidentBytes(root: number): number {
  const rows = processRows();
  const members = new Set([root]);
  for (let before = 0; before !== members.size; ) {
    before = members.size;
    for (const row of rows) if (members.has(row.parent)) members.add(row.pid);
  }
  return rows.filter((row) => members.has(row.pid)).reduce((total, row) => total + row.residentBytes, 0);
}

/** Samples the memory of a process tree until stopped; `stop` returns the peak in bytes. */
export function watchPeakMemory(root: number, everyMilliseconds = 500): { stop(): number } {
  let peak = 0;
  const sample = (): void => {
    peak = Math.max(peak, treeResidentBytes(root));
  };
  sample();
  const timer = setInterval(sample, everyMilliseconds);
  return {
    stop: () => {
      clearInterval(timer);
      sample();
      return peak;
    },
  };
}
