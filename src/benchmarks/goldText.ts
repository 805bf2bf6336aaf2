const block = /<answer>([^<]*)<\/answer>\s*$/i;
const boxed = /\\boxed\s*\{([^{}]*)\}(?![\s\S]*\\boxed)/;
const afterHashes = /(?:^|\n)#### *(\S[^\n]*)\s*$/;

/**
 * The answer that a text holds which was written as a whole response: in its last answer block, behind `####`, or boxed; the text itself
 * where it is an answer alone. No response could ever equal the worked solution around it.
 */
export function goldText(text: string): string {
  const [, answer] = block.exec(text) ?? afterHashes.exec(text) ?? boxed.exec(text) ?? [];
  return (answer ?? text).trim();
}
