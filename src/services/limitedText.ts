/** A body that is longer than whatever a service could mean. */
export class BodyTooLongError extends Error {
  override readonly name = "BodyTooLongError";
}

/** The text of an answer, UTF-8. Throws BodyTooLongError, and reads no further, where it has more than `most` bytes: one without an end would fill the memory. */
export async function limitedText({ body }: Response, most: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    // Leaving the loop cancels the stream.
    if (bytes > most) throw new BodyTooLongError(`its answer is longer than ${most / 2 ** 20} MiB`);
    chunks.push(chunk);
  }
  // As `Response.text` does: without a byte order mark.
  return new TextDecoder().decode(Buffer.concat(chunks));
}
