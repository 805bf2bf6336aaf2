import type { z } from "zod";

/** A setting that is a path: workers check it before they read there, and an option of `npm start` gives it. */
export interface TaskPath {
  readonly setting: string;
  /** Name of the option, a single word; several tasks may share one. */
  readonly option: string;
  /** What the option takes, as help shows it: FILE, FOLDER, PATH. */
  readonly value: string;
  readonly describe: string;
}

/**
 * What the configuration knows of a task. Workflows import the configuration, so nothing here or in what it imports may
 * touch files, tables or models; what a task does stands in its `task.ts`.
 */
export interface TaskDeclaration {
  /** As `data.dataset` says it: small letters, digits and hyphens. */
  readonly name: string;
  /** In a few words, for `--help`. */
  readonly describe: string;
  /** Strict; all of `data` but `dataset`. */
  readonly settings: z.ZodObject<z.ZodRawShape>;
  /** The preset that the task is run with when none is named. */
  readonly preset: string;
  /** All of them are needed. */
  readonly paths: readonly TaskPath[];
}
