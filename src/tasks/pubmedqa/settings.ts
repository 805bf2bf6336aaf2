import { z } from "zod";
import { PathText } from "../../domain/pathText.ts";
import type { TaskDeclaration } from "../declaration.ts";

export const PubMedQaSettings = z.strictObject({
  /** Folder that holds ori_pqal.json. */
  path: PathText,
});
export type PubMedQaSettings = z.infer<typeof PubMedQaSettings>;

export const pubMedQaDeclaration = {
  name: "pubmedqa",
  describe: "PubMedQA's labelled questions and their abstracts",
  settings: PubMedQaSettings,
  preset: "pubmedqa",
  paths: [{ setting: "path", option: "data", value: "folder", describe: "the folder that holds ori_pqal.json" }],
} as const satisfies TaskDeclaration;
