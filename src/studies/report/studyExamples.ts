/** A question of training that two arms were both asked late in training, and what each answered. */
export interface StudyExample {
  readonly regime: string;
  readonly world: string;
  readonly question: string;
  readonly rightAnswer: string;
  readonly right: AnsweredBy;
  readonly wrong: AnsweredBy;
}

export interface AnsweredBy {
  readonly arm: string;
  /** The response as it was written, tools' answers included. */
  readonly text: string;
}
