/** Why a command is to stop before its work is done. */
export type Interruption = "signal" | "parent ended" | "output closed";

export interface Interruptions {
  /** Resolves at the first reason to stop. */
  readonly happened: Promise<Interruption>;
  /** The first reason, once there is one. */
  seen(): Interruption | null;
  /** Why standard output took no more, other than for want of a reader; null where it did. */
  outputFault(): string | null;
}

/** Milliseconds in which a second signal is the same as the first: a terminal, `timeout` and npm send it to several of us, which pass it on. */
const sameSignal = 2_000;

const exitCodes: Readonly<Record<Interruption, number>> = { signal: 130, "parent ended": 129, "output closed": 141 };

/** The exit code of a command that stopped for this reason, as a shell would give it. */
export function exitCodeOf(interruption: Interruption): number {
  return exitCodes[interruption];
}

/**
 * Listens for everything that asks a command to stop: Ctrl-C, TERM, a closed terminal, the end of the process that started it,
 * and an output that nobody reads any more (`| head`). A second signal, later, ends the process at once: its workers and its
 * server see that and end by themselves. Call once in a process.
 */
export function listenForInterruptions(): Interruptions {
  let first: { readonly why: Interruption; readonly time: number } | null = null;
  let report: (why: Interruption) => void = () => undefined;
  const happened = new Promise<Interruption>((resolve) => {
    report = resolve;
  });
  const note = (why: Interruption): void => {
    if (first === null) {
      first = { why, time: Date.now() };
      report(why);
    } else if (why === "signal" && Date.now() - first.time > sameSignal) process.exit(exitCodeOf(first.why));
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => note("signal"));
  process.once("disconnect", () => note("parent ended"));
  // Without a listener these errors end the process in the middle of its work.
  let fault: string | null = null;
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (stream === process.stdout && error.code !== "EPIPE") fault ??= error.code ?? error.message;
      note("output closed");
    });
  return { happened, seen: () => first?.why ?? null, outputFault: () => fault };
}
