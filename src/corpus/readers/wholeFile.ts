import { maxRecordBytes } from "./readBytes.ts";
import { readUtf8 } from "./encoding.ts";

/** Largest file that is one document: the longest textbooks of the field have a few megabytes. */
export const maxDocumentBytes = 4 * maxRecordBytes;

/** The bytes of a file that is one document. Throws where it is larger than a document may be. */
export async function readWhole(file: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of readUtf8(file)) {
    bytes += chunk.length;
    if (bytes > maxDocumentBytes) throw new Error("the text is larger than a document may be; split the file");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
