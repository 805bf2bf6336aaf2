import { emptyWhenMissing } from "../files/emptyWhenMissing.ts";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

/** Who may write in a folder: two at once would work against each other. */
export const Claim = z.object({
  /** Id of the workflow that took it, or a command in words. */
  holder: z.string().min(1),
  /** Run ids by workflow id of the workflows that write under the claim: the holder and its children. */
  members: z.record(z.string(), z.string()),
  /** When it was taken, ISO. */
  since: z.iso.datetime(),
  /** When it ends by itself, in milliseconds since 1970; null for workflows: the server knows whether they are open. */
  until: z.number().nullable(),
});
export type Claim = z.infer<typeof Claim>;

/** The claim that counts and its number; number 0 and null before the first. */
export interface NumberedClaim {
  readonly number: number;
  readonly claim: Claim | null;
}

const claimsFolder = "claims";
const claimFile = "claim.json";

/** Reads the newest claim of a folder, or the one with a number. */
export async function readClaim(folder: string, wanted = Infinity): Promise<NumberedClaim> {
  const names = await readdir(join(folder, claimsFolder)).catch(emptyWhenMissing);
  const number = Math.max(
    0,
    ...names
      .filter((name) => /^\d+$/u.test(name))
      .map(Number)
      .filter((one) => one <= wanted),
  );
  if (number === 0) return { number, claim: null };
  return {
    number,
    claim: Claim.parse(JSON.parse(await readFile(join(folder, claimsFolder, String(number), claimFile), "utf8"))),
  };
}

/**
 * Replaces the claim with `number`. Returns false, and changes nothing, when another process did so first. A folder is
 * renamed to a name that must be free: this is atomic and exclusive, also on disks that machines share.
 */
export async function replaceClaim(folder: string, number: number, claim: Claim): Promise<boolean> {
  const place = join(folder, claimsFolder);
  await mkdir(place, { recursive: true });
  const unfinished = await mkdtemp(join(place, ".unfinished-"));
  await writeFile(join(unfinished, claimFile), JSON.stringify(claim), { flush: true });
  try {
    await rename(unfinished, join(place, String(number + 1)));
    return true;
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    if (error instanceof Error && "code" in error && (error.code === "ENOTEMPTY" || error.code === "EEXIST"))
      return false;
    throw error;
  }
}
