/**
 * Raised whenever a change alters results bitwise, so that a run is not continued as if nothing had changed.
 * The second part is the version of onnxruntime-node, which package.json pins.
 */
export const engineVersion = "2 onnxruntime 1.30.0";
