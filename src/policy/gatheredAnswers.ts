import type { Continuation, Responder, StoppedTurn } from "./port.ts";

interface Asked {
  readonly turn: StoppedTurn;
  readonly resolve: (continuation: Continuation) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Asks a responder for sequences that stop at different times. While it answers, those that stop gather and are asked about together, so
 * that a tool is asked once for many calls and never twice at a time; sequences that have not stopped go on meanwhile.
 */
export class GatheredAnswers {
  readonly #responder: Responder;
  #gathered: Asked[] = [];
  #answering = false;

  constructor(responder: Responder) {
    this.#responder = responder;
  }

  answer(turn: StoppedTurn): Promise<Continuation> {
    return new Promise((resolve, reject) => {
      this.#gathered.push({ turn, resolve, reject });
      if (!this.#answering) void this.#answerAll();
    });
  }

  async #answerAll(): Promise<void> {
    this.#answering = true;
    // Whoever stops in the same turn of the event loop is asked about together.
    await Promise.resolve();
    while (this.#gathered.length > 0) {
      const asked = this.#gathered.toSorted((a, b) => a.turn.request - b.turn.request);
      this.#gathered = [];
      try {
        const answers = await this.#responder.respond(asked.map(({ turn }) => turn));
        for (const [index, { resolve, reject }] of asked.entries()) {
          const answer = answers[index];
          if (answer === undefined) reject(new Error(`${answers.length} answers to ${asked.length} stopped sequences`));
          else resolve(answer);
        }
      } catch (error) {
        for (const { reject } of asked) reject(error);
      }
    }
    this.#answering = false;
  }
}
