import type { Dialect } from "../dialects/dialect.ts";

/** What a probe saw of a server. */
export interface Finding {
  /** What was looked at, as the table names it. */
  readonly probe: string;
  /** In a few words; null where it could not be measured. */
  readonly found: string | null;
  /** Why it could not be measured, or what else is worth knowing. */
  readonly note?: string;
  /** Whether a dialect says the same; left out where no row says anything of it, or nothing was measured. */
  readonly fits?: (dialect: Dialect) => boolean;
  /** Why no run may use this server, whatever its dialect. */
  readonly problem?: string;
}
