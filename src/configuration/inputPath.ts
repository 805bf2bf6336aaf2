/** A path that an input names, with its dotted field. */
export interface InputPath {
  readonly field: string;
  readonly path: string;
}
