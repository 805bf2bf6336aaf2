import type { TextEmbedder } from "../domain/embedding.ts";
import type { Question } from "../domain/question.ts";
import type { TripleExtractor } from "../domain/triple.ts";
import { proveReferences } from "../rewards/proveReference.ts";
import { toOpenForm } from "./openForm.ts";
import { teachReferences } from "./teacher.ts";
import type { TeacherOptions } from "./teacher.ts";
import type { ReferenceEmbeddings } from "../benchmarks/trainingRow.ts";

/** A training item, or why the question gives none. */
export type BuiltItem =
  | {
      readonly sourceId: string;
      readonly question: Question;
      readonly embedded: ReferenceEmbeddings;
      readonly reason: null;
    }
  | { readonly sourceId: string; readonly question: null; readonly embedded: null; readonly reason: string };

export interface BuildTools {
  /** "open" asks multiple-choice questions openly; "choice" keeps them. */
  readonly form: "open" | "choice";
  readonly extractor: TripleExtractor;
  readonly embedder: TextEmbedder;
  /** Null: the data's own explanations serve as references. */
  readonly teacher: TeacherOptions | null;
}

/**
 * Turns a multiple-choice question into a training item (docs/method.md#data): open form, references, graphs, embeddings, and the proof that
 * each of its own references scores full marks. What cannot become one is rejected with the reason.
 */
export async function buildItem(
  source: Question,
  { form, extractor, embedder, teacher }: BuildTools,
): Promise<BuiltItem> {
  const reject = (reason: string): BuiltItem => ({ sourceId: source.id, question: null, embedded: null, reason });
  const opened = form === "choice" ? { question: source } : toOpenForm(source);
  if ("reason" in opened) return reject(opened.reason);
  const references = teacher === null ? opened.question.references : await teachReferences(opened.question, teacher);
  const question = {
    ...opened.question,
    references: references.map((reference) => ({
      ...reference,
      graph: mutableCopy(extractor.extract(reference.reasoning)),
    })),
  };
  const faults = await proveReferences(question, { extractor, embedder });
  if (faults.length > 0) return reject(faults.join("; "));
  const vectors = await embedder.embed(question.references.map(({ reasoning }) => reasoning));
  return {
    sourceId: source.id,
    question,
    embedded: { embedder: embedder.name, embeddings: vectors.map((vector) => [...vector]) },
    reason: null,
  };
}

function mutableCopy<T>(items: readonly T[] | null): T[] | null {
  return items === null ? null : [...items];
}
