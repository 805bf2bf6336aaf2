/** Texts, marks, numbers and words of Python, numpy's arrays among them. */
const tokens =
  /("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(array\s*\(|,\s*dtype\s*=\s*[\w'"<]+|None|True|False|nan)|([[\]{},:])|([()])|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(\s+)/gy;
const words: Readonly<Record<string, string>> = { None: "null", nan: "null", True: "true", False: "false" };

/**
 * What a text holds that is a list or dictionary as Python prints it (`['rest', "Crohn's"]`, `{'target': array(['a'], dtype=object)}`),
 * as a text of JSON; undefined for any other text.
 */
export function pythonAsJson(text: string): string | undefined {
  const pieces: string[] = [];
  let end = 0;
  for (const match of text.trim().matchAll(tokens)) {
    const [all, quoted, word, mark, bracket, number] = match;
    end = match.index + all.length;
    if (quoted !== undefined) pieces.push(JSON.stringify(unquoted(quoted)));
    else if (mark !== undefined) pieces.push(mark);
    // Tuples and calls in which an array stands.
    else if (bracket !== undefined) continue;
    else if (number !== undefined) pieces.push(number);
    else if (word !== undefined) pieces.push(words[word] ?? "");
  }
  if (end < text.trim().length || !/^[[{]$/.test(pieces[0] ?? "")) return undefined;
  const json = withCommas(pieces.filter((piece) => piece !== ""));
  try {
    JSON.parse(json);
    return json;
  } catch {
    return undefined;
  }
}

/** Numpy prints no commas between the texts of an array; Python takes one behind the last item. */
function withCommas(pieces: readonly string[]): string {
  return pieces
    .map((piece, index) => {
      if (piece === "," && /^[\]}]$/.test(pieces[index + 1] ?? "")) return "";
      return piece.startsWith('"') && pieces[index - 1]?.startsWith('"') ? `,${piece}` : piece;
    })
    .join("");
}

const escaped = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U(00(?:0[\da-fA-F]|10)[\da-fA-F]{4})|(.))/gs;
const escapedSigns: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r" };

function unquoted(text: string): string {
  return text.slice(1, -1).replace(escaped, (_, two?: string, four?: string, eight?: string, sign = "") => {
    const code = two ?? four ?? eight;
    return code === undefined ? (escapedSigns[sign] ?? sign) : String.fromCodePoint(parseInt(code, 16));
  });
}
