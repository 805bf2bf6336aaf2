/**
 * The printable character that stands for each byte in a byte-level vocabulary (the GPT-2 convention that
 * tokenizer.json's "ByteLevel" parts use): printable Latin-1 stands for itself, the rest is moved to U+0100 and up.
 */
export const byteAlphabet: readonly string[] = (() => {
  let moved = 0;
  return Array.from({ length: 256 }, (_, byte) => {
    const printable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    return String.fromCodePoint(printable ? byte : 0x100 + moved++);
  });
})();

/** A text's UTF-8 bytes in the byte alphabet. */
export function toByteAlphabet(text: string): string {
  return Array.from(Buffer.from(text, "utf8"), (byte) => byteAlphabet[byte]).join("");
}
