import { z } from "zod";
import { PathText } from "../../domain/pathText.ts";
import type { TaskDeclaration } from "../declaration.ts";

export const FilesSettings = z.strictObject({
  /** File or folder of questions. */
  questions: PathText,
  /** "rows": the customary RL rows (JSON lines, parquet); else a public benchmark's files as published. */
  format: z
    .enum(["rows", "medqa", "medmcqa", "pubmedqa", "mmlu-med", "mirage", "rarearena", "nejmqa", "medxpertqa"])
    .default("rows"),
  /** File or folder of documents, in any format that `npm run index` reads. */
  corpus: PathText,
});
export type FilesSettings = z.infer<typeof FilesSettings>;

export const filesDeclaration = {
  name: "files",
  describe: "your own questions and corpus",
  settings: FilesSettings,
  preset: "pubmedqa",
  paths: [
    {
      setting: "questions",
      option: "questions",
      value: "file",
      describe: "rows of questions and answers, JSON lines or parquet",
    },
    { setting: "corpus", option: "corpus", value: "path", describe: "a file or folder that is searched" },
  ],
} as const satisfies TaskDeclaration;
