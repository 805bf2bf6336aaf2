import { ServiceError } from "./serviceList.ts";

/**
 * The key in a variable of the environment, without blanks around it. Throws ServiceError where it is not set, or where no
 * request can carry it; never with the key itself.
 */
export function readKey(variable: string, environment: NodeJS.ProcessEnv): string {
  const key = environment[variable]?.trim() ?? "";
  if (key === "")
    throw new ServiceError(
      `the worker's environment has no ${variable}; set it, or set keyVariable to null for a server without keys`,
    );
  if (!/^[\x20-\x7e]+$/.test(key))
    throw new ServiceError(
      `${variable} in the worker's environment is no key: it holds a line break, a control character or a letter beyond ASCII`,
    );
  return key;
}

/** A text that a server sent, with its key blotted out, as it is or as JSON and addresses write it: some servers repeat it. */
export function blotKey(text: string, key: string | null): string {
  if (key === null) return text;
  const written = JSON.stringify(key).slice(1, -1);
  return [key, written, written.replaceAll("/", "\\/"), encodeURIComponent(key)].reduce(
    (blotted, form) => blotted.replaceAll(form, "…"),
    text,
  );
}
