import { z } from "zod";
import { PathText } from "../../domain/pathText.ts";

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
