import { DefaultLogger, Runtime } from "@temporalio/worker";

// Workers tell every change of state at INFO; in tests only errors are worth reading.
Runtime.install({ logger: new DefaultLogger("ERROR"), shutdownSignals: [] });
