import { setTimeout as sleep } from "node:timers/promises";
import { startWorker, type WorkerProcess, type WorkerSettings } from "./workerProcess.ts";

/** Milliseconds after which a worker that ended is started again. */
const restartDelay = 100;
/** Milliseconds that a worker may take to end. */
const stopPatience = 15_000;

/** A worker that is started again whenever it ends. */
export interface Supervised {
  /** Of the first start. */
  readonly ready: Promise<void>;
  pid(): number;
  starts(): number;
  kill(): void;
  stop(): Promise<void>;
}

export function supervise(settings: WorkerSettings): Supervised {
  let stopping = false;
  let starts = 0;
  const launch = (): WorkerProcess => {
    starts++;
    const started = startWorker(settings);
    void started.ended.then(() =>
      setTimeout(() => {
        if (!stopping) worker = launch();
      }, restartDelay),
    );
    return started;
  };
  let worker = launch();
  return {
    ready: worker.ready,
    pid: () => worker.pid,
    starts: () => starts,
    kill: () => worker.kill("SIGKILL"),
    stop: () => {
      stopping = true;
      return stopWorker(worker);
    },
  };
}

/** Asks politely, insists after a while. */
export async function stopWorker(worker: WorkerProcess): Promise<void> {
  worker.kill("SIGTERM");
  await Promise.race([worker.ended, sleep(stopPatience, undefined, { ref: false })]);
  worker.kill("SIGKILL");
  await worker.ended;
}
