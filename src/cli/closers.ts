/** Frees one resource. */
export type Closer = () => Promise<void>;

/** What has to be closed in the end, whatever happened. */
export interface Closers {
  /** Remembers a closer; after `closeAll` has begun it is called at once. */
  push(close: Closer): void;
  /** Closes all, last opened first. */
  closeAll(): Promise<void>;
}

/** An empty stack of closers. */
export function createClosers(): Closers {
  const stack: Closer[] = [];
  let closing = false;
  return {
    push: (close) => {
      if (closing) void close();
      else stack.push(close);
    },
    closeAll: async () => {
      closing = true;
      for (const close of stack.toReversed()) await close();
      stack.length = 0;
    },
  };
}
