import { DefaultLogger, Runtime } from "@temporalio/worker";

const installed = Symbol.for("med-r3's quiet runtime");

// Workers tell every change of state at INFO; in tests only errors are worth reading. A process has one runtime for all its files.
if (!(installed in globalThis)) {
  Runtime.install({ logger: new DefaultLogger("ERROR"), shutdownSignals: [] });
  Object.assign(globalThis, { [installed]: true });
}
