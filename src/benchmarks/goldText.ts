const block = /<answer>([^<]*)<\/answer>\s*$/i;
const boxed = /\\boxed\s*\{([^{}]*)\}(?![\s\S]*\\boxed)/;
const afterHashes = /(?:^|\n)#### *(\S[^\n]*)\s*$/;
const quoted = /"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'/g;

/**
 * The answer that a text holds which was written as a whole response: in its last answer block, behind `####`, or boxed; the text itself
 * where it is an answer alone. No response could ever equal the worked solution around it.
 */
export function goldText(text: string): string {
  const [, answer] = block.exec(text) ?? afterHashes.exec(text) ?? boxed.exec(text) ?? [];
  return (answer ?? text).trim();
}

/** A list as Python writes it, `['aspirin', "Crohn's"]`; null for any other text. */
export function pythonList(text: string): string[] | null {
  const inner = /^\s*\[(.*)\]\s*$/s.exec(text)?.[1];
  if (inner === undefined || inner.replace(quoted, "").replace(/[\s,]/g, "") !== "") return null;
  return [...inner.matchAll(quoted)].map(([, double, single]) => (double ?? single ?? "").replace(/\\(['"\\])/g, "$1"));
}
