/**
 * Imported before onnxruntime, and by who starts threads for it: it would tell its maker of every session, and write files of its own. The
 * native library reads the process' environment, which a thread's own `process.env` does not reach. Plain JavaScript, because
 * launch.mjs imports it too: a build loads packages before the project's code.
 */
process.env["ORT_DISABLE_TELEMETRY"] ??= "1";
