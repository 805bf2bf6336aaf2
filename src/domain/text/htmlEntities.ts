import { decodeHTMLStrict } from "entities";

/** Text that went through several programs is at times escaped as often. */
const mostTimes = 3;

/** Characters for HTML's entities, as in "&lt;5 mg" and "&#177;", escaped once or more often; what only looks like one stays. */
export function decodeHtmlEntities(text: string): string {
  let decoded = text;
  for (let time = 0; time < mostTimes && decoded.includes("&"); time++) decoded = decodeHTMLStrict(decoded);
  return decoded;
}
