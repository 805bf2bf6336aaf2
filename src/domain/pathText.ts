import { z } from "zod";

/** Longer ones would not fit into a search attribute of the Temporal server (2 KiB), nor into many file systems' paths below them. */
const mostBytes = 1024;

/** Whether a text is an address (s3://bucket/books, http://…): as a path it would become a folder named "s3:". */
export function isAddress(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
}

/** A path, or the address of an object store, in an input: of bounded length, without control characters. */
export const PathText = z
  .string()
  .min(1)
  .refine((text) => new TextEncoder().encode(text).length <= mostBytes, {
    error: `expected at most ${mostBytes} bytes`,
  })
  .refine((text) => !/\p{Cc}/u.test(text), { error: "expected no control characters" });

/** A file below a folder that an input names: it cannot climb out of it. */
export const FileName = PathText.refine((text) => !text.startsWith("/") && !text.split(/[/\\]/).includes(".."), {
  error: "expected a file below the folder",
});
