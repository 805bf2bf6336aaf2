/** A run, and the workflow that works on it. */
export interface EngineHolder {
  readonly run: string;
  readonly workflowId: string;
}

/** Which run a gpu process works for; another run may have it when the holder gave it back or left it idle. */
export interface EngineLease {
  /** True when the run holds the process from now on. */
  take(asking: EngineHolder): boolean;
  /** Marks the process as at work for the run while the work lasts. */
  during<T>(atWork: EngineHolder, work: () => Promise<T>): Promise<T>;
  /** Does work for any run without giving it the process; null while another run holds the process. */
  lend<T>(run: string, work: () => Promise<T>): Promise<T> | null;
  /** The run that holds the process; null when there is none. */
  holder(): EngineHolder | null;
  /** Gives the process back; no effect for a run that does not hold it. */
  release(run: string): void;
  /** The run that holds the process and does nothing on it now; null when there is none. */
  idleHolder(): EngineHolder | null;
}

export function createEngineLease(idleMilliseconds: number, now: () => number = Date.now): EngineLease {
  let holder: EngineHolder | null = null;
  let working = 0;
  let lastUse = 0;
  const isFree = (): boolean => working === 0 && (holder === null || now() - lastUse >= idleMilliseconds);
  const counted = async <T>(work: () => Promise<T>): Promise<T> => {
    working++;
    try {
      return await work();
    } finally {
      working--;
      lastUse = now();
    }
  };
  return {
    take: (asking) => {
      if (holder?.run !== asking.run && !isFree()) return false;
      holder = asking;
      lastUse = now();
      return true;
    },
    during: async (atWork, work) => {
      holder = atWork;
      return counted(work);
    },
    lend: (run, work) => {
      if (holder?.run !== run) {
        if (!isFree()) return null;
        holder = null;
      }
      return counted(work);
    },
    holder: () => holder,
    release: (run) => {
      if (holder?.run === run && working === 0) holder = null;
    },
    idleHolder: () => (working === 0 ? holder : null),
  };
}
