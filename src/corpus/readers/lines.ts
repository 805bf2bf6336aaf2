import { maxRecordBytes } from "./readBytes.ts";
import { readUtf8 } from "./encoding.ts";

/** One line of a file; `bytes` is null when it is longer than a record may be. */
export interface Line {
  readonly number: number;
  readonly bytes: Buffer | null;
}

const lineFeed = 0x0a;

/** Streams the lines of a file, from 1, line ends left out. An overlong line is passed over without being held. */
export async function* readLines(file: string): AsyncIterable<Line> {
  let parts: Buffer[] = [];
  let size = 0;
  let number = 1;
  const line = (): Line => ({ number, bytes: size > maxRecordBytes ? null : Buffer.concat(parts) });
  const hold = (bytes: Buffer): void => {
    size += bytes.length;
    if (size <= maxRecordBytes) parts.push(bytes);
    else parts = [];
  };
  for await (const chunk of readUtf8(file)) {
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
      hold(chunk.subarray(start, end));
      yield line();
      [parts, size, number, start] = [[], 0, number + 1, end + 1];
    }
    hold(chunk.subarray(start));
  }
  if (size > 0) yield line();
}
