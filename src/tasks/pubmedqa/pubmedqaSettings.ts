import { z } from "zod";
import { PathText } from "../../domain/pathText.ts";

export const PubMedQaSettings = z.strictObject({
  /** Folder that holds ori_pqal.json. */
  path: PathText,
});
export type PubMedQaSettings = z.infer<typeof PubMedQaSettings>;
