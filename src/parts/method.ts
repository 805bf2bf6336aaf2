import { z } from "zod";

/** A function of a part; what it takes and gives only the type checker knows. */
export const method = z.custom((value) => typeof value === "function", "expected a function");
