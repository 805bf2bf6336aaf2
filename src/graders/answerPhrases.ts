/** What introduces an answer: "the correct answer is", "I would choose option", "答案应选". Repeated, so that they may follow each other. */
const introductions = [
  /^(?:the\s+)?(?:(?:most\s+(?:likely|probable)|final|probable)\s+)*diagnosis\s*(?:(?:is|would be)\b|:)+\s*/iu,
  /^(?:最可能的?|最终)?的?(?:诊断|診斷)(?:结果)?(?:是|为|為|[:：])+\s*/u,
  /^[【[](?:正确|正確)?答案[】\]][:：]?\s*/u,
  /^(?:so|thus|therefore|hence|overall|in conclusion|based on [^,.;:]{1,60}|(?:among|out of|of|from) (?:these|those|the(?: \w+)?) (?:options|choices|answers))\b[,:]?\s*/iu,
  /^(?:the|my|our)?\s*\b(?:(?:single|final|correct|right|best|chosen|selected|most\s+(?:likely|appropriate|accurate|probable))\s+)*(?:answer|option|choice|selection|letter)s?\b(?:\s+(?:option|choice|letter|to (?:the|this) question))?\s*(?:(?:is|would be|should be|must be)\b|[:=：]|(?:[-–—]+|→|=>)(?=\s))*\s*/iu,
  /^(?:ans|correct|final|result|conclusion|verdict|response|réponse|antwort|respuesta|回答)\s*(?:[.:=：]+|[-–—]+(?=\s))\s*/iu,
  /^(?:i|we)(?:\s+|['’](?=[dm]))(?:would\s+|will\s+|d\s+|(?:a)?m\s+going\s+(?=with))?(?:choose|select|pick|answer|(?:go\s+)?with)\b\s*/iu,
  /^(?:choose|select|pick|go with)\s+/iu,
  /^(?:i|we)\s+(?:think|believe)\b(?:\s+that\b)?[,:]?\s*/iu,
  /^(?:it is|it's|it’s|it (?:would|should|must|has to) be|that is)\s+/iu,
  /^(?:因此|所以|故而|故|综上所述|综上|綜上所述|由此可见|可知|那么|即)[,，:：]?\s*/u,
  /^我(?:认为|認為|觉得|覺得|的)/u,
  /^(?:本题|此题|该题|這題|本題)?的?(?:最终|最終|最佳|最可能|最合适的?|正确|正確|标准|参考|參考|應選)?的?(?:答案|选项|選項|答)(?:应该?|應該?)?(?:选项|選項|选择?|選擇?|是|为|為|[:：])*\s*/u,
  /^(?:正确|正確)的(?:是|为|為)\s*/u,
  /^(?:我|本题|此题|故|应该?|應該?|可以?|只能)?(?:选择?(?!项)|選擇?(?!項))(?:的是|的为|是|为|為|选项|選項|[:：])*\s*/u,
];

/** What closes one: "is the correct answer", "项", "是正确的". */
const closings = [
  /\s+(?:is|would be)\s+(?:the\s+)?(?:most\s+(?:likely|appropriate)|correct|right|best)(?:\s+(?:answer|option|choice|one))?$/iu,
  /\s*(?:选项|選項|项|項)?\s*(?:是|为|為)?(?:正确|正確|对|對)(?:的|答案|选项|選項)*$/u,
  /(?<=^[A-Za-z\d])\s*(?:选项|選項|项|項)$/u,
];

const marksAround = /^(?:[\s"'“”‘’«»「」『』→⇒✓✔✅☑]|=>)+|[\s"'“”‘’«»「」『』.。!！,，;；、✓✔✅☑]+$/gu;

/** The answer that a sentence gives: without quotation marks and stops, and without the phrases that introduce or close it. */
export function withoutPhrases(sentence: string): string {
  let text = sentence;
  for (let before = ""; before !== text; ) {
    before = text;
    text = text.replace(marksAround, "");
    for (const phrase of [...introductions, ...closings])
      text = text.replace(phrase, (found) => (found.length < text.length ? "" : found));
  }
  return text;
}
