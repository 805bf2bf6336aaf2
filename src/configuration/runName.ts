import { z } from "zod";

/** A run's name is also its folder's name and part of workflow ids, so it cannot hold a path. */
export const RunName = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9-]{0,62}$/,
    "use 1 to 63 lower-case letters, digits and hyphens, starting with a letter or digit",
  );
