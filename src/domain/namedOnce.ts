import type { z } from "zod";

/** For `superRefine` of a list whose members' names tell them apart: refuses the second of a name, by its place. */
export function namedOnce(message: (name: string) => string) {
  return (list: readonly { readonly name: string }[], context: z.RefinementCtx): void => {
    for (const [index, { name }] of list.entries())
      if (list.findIndex((other) => other.name === name) < index)
        context.addIssue({ code: "custom", path: [index, "name"], message: message(name) });
  };
}
