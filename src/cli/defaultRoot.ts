import { fileURLToPath } from "node:url";

/** Where runs are kept, unless an option says otherwise. */
export function defaultRoot(): string {
  return process.env["MED_R3_ROOT"] || fileURLToPath(new URL("../../runs", import.meta.url));
}
