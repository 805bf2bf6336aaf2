import { knownTags } from "../environments/environmentRegistry.ts";
import type { ChatRenderer } from "./chatTemplate.ts";
import type { ChatMessage } from "./port.ts";
import type { AddedToken } from "./tokenizerFiles.ts";

/** Encodes a text as words, whatever it spells. Some tokenizers write the first piece of a text in another way than those behind a control token. */
export type EncodeWords = (text: string, place: "first" | "later") => number[];

/** Asks a model in its chat template. */
export interface Chat {
  /**
   * Ids of a conversation up to where the model's next message begins. Control tokens are the template's own; what the messages
   * spell is encoded as words.
   */
  encode(messages: readonly ChatMessage[]): number[];
  /** A text whose words cannot be taken for the template's plain-text marks of turns and roles ("[INST]", "USER:"): a blank parts them. */
  withoutMarkers(text: string): string;
}

export interface ChatVocabulary {
  /** Ids of control tokens by their text. */
  readonly control: ReadonlyMap<string, number>;
  readonly addedTokens: readonly AddedToken[];
  readonly encode: EncodeWords;
}

/** A piece of a rendered conversation: the template's own words, or the content of a message. */
type Piece = { readonly own: string } | { readonly message: number };

const roles: readonly ChatMessage["role"][] = ["system", "user"];

/** Throws for a template that cannot render a system and a user message, or that begins the response itself. */
export function openChat(render: ChatRenderer, vocabulary: ChatVocabulary, folder: string): Chat {
  const question = renderPieces(render, roles);
  checkOpening(question, folder);
  const parting = markersOf(question, vocabulary.control).map(
    (marker) => [marker, `${marker.slice(0, -1)} ${marker.slice(-1)}`] as const,
  );
  const withoutMarkers = (text: string): string =>
    parting.reduce((parted, [marker, apart]) => parted.replaceAll(marker, apart), text);
  return {
    withoutMarkers,
    encode: (messages) =>
      encodePieces(
        renderPieces(
          render,
          messages.map(({ role }) => role),
        ),
        messages.map(({ content }) => withoutMarkers(content)),
        vocabulary,
      ),
  };
}

/** The template is rendered around placeholders, so that no content can steer it. */
function renderPieces(render: ChatRenderer, of: readonly ChatMessage["role"][]): Piece[] {
  const rendered = render(of.map((role, index) => ({ role, content: `\ufdd1${index}\ufdd2` })));
  return rendered
    .split(/\ufdd1(\d+)\ufdd2/u)
    .map((part, index) => (index % 2 === 0 ? { own: part } : { message: Number(part) }));
}

function encodePieces(
  pieces: readonly Piece[],
  contents: readonly string[],
  { control, addedTokens, encode }: ChatVocabulary,
): number[] {
  const strips = new Map(
    addedTokens.map(({ content, lstrip, rstrip }) => [content, { left: lstrip === true, right: rstrip === true }]),
  );
  const ids: number[] = [];
  let run = "";
  let before: string | null = null;
  const flush = (next: string | null): void => {
    let text = run;
    if (before !== null && strips.get(before)?.right === true) text = text.trimStart();
    if (next !== null && strips.get(next)?.left === true) text = text.trimEnd();
    if (text !== "") ids.push(...encode(text, before === null ? "first" : "later"));
    run = "";
    before = next;
  };
  for (const piece of pieces) {
    if ("message" in piece) {
      run += contents[piece.message] ?? "";
      continue;
    }
    for (const part of splitAt(piece.own, control)) {
      const id = control.get(part);
      if (id === undefined) {
        run += part;
      } else {
        flush(part);
        ids.push(id);
      }
    }
  }
  flush(null);
  return ids;
}

/** A text at its control tokens, which are parts of their own; the longest counts where several begin. */
function splitAt(text: string, control: ReadonlyMap<string, number>): string[] {
  if (control.size === 0) return [text];
  const names = [...control.keys()]
    .sort((a, b) => b.length - a.length)
    .map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return text.split(new RegExp(`(${names.join("|")})`, "u")).filter((part) => part !== "");
}

/** What stands in brackets of its own, and what ends in a colon right before a message or the response. */
function markersOf(pieces: readonly Piece[], control: ReadonlyMap<string, number>): string[] {
  const words = pieces.flatMap((piece) => {
    if ("message" in piece) return [];
    const all = splitAt(piece.own, control)
      .filter((part) => !control.has(part))
      .join(" ")
      .split(/\s+/u)
      .filter((word) => word !== "");
    const last = all.at(-1);
    return [
      ...all.filter((word) => /^[<[{|#].+$/u.test(word)),
      ...(last?.endsWith(":") === true && last.length > 1 ? [last] : []),
    ];
  });
  return [...new Set(words)].filter((word) => knownTags().find(word).length === 0).sort((a, b) => b.length - a.length);
}

/** A response must hold its own think block: one that the prompt opens would never pass the format gate. */
function checkOpening(pieces: readonly Piece[], folder: string): void {
  const last = pieces.at(-1);
  const tags = knownTags().find(last !== undefined && "own" in last ? last.own : "");
  const open = tags.filter(({ kind }) => kind === "open").at(-1);
  if (
    open === undefined ||
    tags.some((tag) => tag.kind === "close" && tag.name === open.name && tag.start > open.start)
  )
    return;
  throw new Error(
    `${folder}: the chat template opens <${open.name}> for the model, so that no response could hold a whole block of its own; take that out of the template's end (chat_template.jinja or tokenizer_config.json)`,
  );
}
