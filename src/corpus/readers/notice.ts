import type { Notice } from "../../domain/passage.ts";

/** What a title says of its own article, as publishers put it before the title: "RETRACTED: …", "[Retracted] …". */
export function noticeOfTitle(title: string): Notice | null {
  return /^\W*(?:retracted|withdrawn)\b[^:\]]{0,20}[:\]]/i.test(title) ? "retracted" : null;
}
