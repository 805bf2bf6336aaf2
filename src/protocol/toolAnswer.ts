/** A tool's answer between its tags, as it stands in a response. */
export function toolAnswer(tag: string, text: string): string {
  return `<${tag}> ${text} </${tag}>`;
}
