/**
 * Imported before onnxruntime, and by who starts threads for it: it would tell its maker of every session, and write files of its own. The
 * native library reads the process' environment, which a thread's own `process.env` does not reach.
 */
process.env["ORT_DISABLE_TELEMETRY"] ??= "1";
