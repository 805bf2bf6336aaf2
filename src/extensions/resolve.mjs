/** Hook of Node's loader: "med-r3" is the project's interface for extensions, wherever the importing file lies. */
let api = "";

/** @param {{api: string}} data */
export function initialize(data) {
  api = data.api;
}

/**
 * @param {string} specifier
 * @param {unknown} context
 * @param {(specifier: string, context: unknown) => unknown} nextResolve
 */
export function resolve(specifier, context, nextResolve) {
  return nextResolve(specifier === "med-r3" ? api : specifier, context);
}
