/**
 * Errors of a server that speaks the Tinker protocol, told apart by what to do about them. Every message names the
 * server, and none holds a key.
 */
export abstract class TinkerError extends Error {
  /** Whether the same call may be repeated unchanged. */
  abstract readonly retryable: boolean;
  /** Whether neither the same call nor a model made anew helps: somebody must mend something. */
  readonly needsPerson: boolean = false;
  constructor(
    /** Address as messages show it. */
    readonly server: string,
    what: string,
    advice: string,
    options?: ErrorOptions,
  ) {
    super(`${server} ${what}; ${advice}`, options);
  }
}

/** No retry helps: wrong key, unknown model, refused input. Nothing took effect. */
export class TinkerRefusedError extends TinkerError {
  override readonly name: string = "TinkerRefusedError";
  override readonly retryable = false;
  override readonly needsPerson = true;
}

/** The name of a checkpoint or a sequence number is taken by something else. */
export class TinkerConflictError extends TinkerRefusedError {
  override readonly name = "TinkerConflictError";
}

/** An answer that is not what was asked for: other lengths, missing log-probabilities, no numbers. No step may count on it. */
export class TinkerReplyError extends TinkerError {
  override readonly name = "TinkerReplyError";
  override readonly retryable = false;
  override readonly needsPerson = true;
}

/** Away, too busy or failing, and nothing took effect: later the same call may pass. */
export class TinkerUnavailableError extends TinkerError {
  override readonly name = "TinkerUnavailableError";
  override readonly retryable = true;
}

/**
 * The server took a request, or may have, and its answer is lost: whether the step was taken is not known. The model on the
 * server is to be discarded, and made again from the newest saved state.
 */
export class TinkerAmbiguousError extends TinkerError {
  override readonly name = "TinkerAmbiguousError";
  override readonly retryable = false;
  constructor(
    server: string,
    what: string,
    /** Of the request, where the server had answered with one. */
    readonly requestId: string | null,
    options?: ErrorOptions,
  ) {
    super(server, what, "discard the model there, restore the newest saved state, and go on from it", options);
  }
}

/** The server no longer knows a model, session or checkpoint, after a restart or a silence that was too long. */
export class ModelForgottenError extends TinkerError {
  override readonly name = "ModelForgottenError";
  override readonly retryable = false;
  constructor(server: string, what: string) {
    super(server, what, "create the model again and load the newest saved state");
  }
}
