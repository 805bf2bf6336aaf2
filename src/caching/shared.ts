/** Things that are opened once for all who use them at the same time. */
export interface Shared<T> {
  /** Gives the thing of a key to some work; `open` makes it where it is not open. */
  use<R>(key: string, open: () => Promise<T>, work: (thing: T) => Promise<R>): Promise<R>;
  /** Closes what nobody uses. */
  close(): Promise<void>;
}

interface Entry<T> {
  readonly opening: Promise<T>;
  users: number;
}

/** Of the things that nobody uses, the `most` used last stay open; the others are closed. What failed to open is tried again. */
export function createShared<T>(close: (thing: T) => unknown, most: number): Shared<T> {
  /** Used last, last. */
  const entries = new Map<string, Entry<T>>();
  const closeIdle = async (staying: number): Promise<void> => {
    const idle = [...entries].filter(([, { users }]) => users === 0);
    const leaving = idle.slice(0, Math.max(0, idle.length - staying));
    for (const [key] of leaving) entries.delete(key);
    for (const [, { opening }] of leaving) await opening.then(close, () => undefined);
  };
  return {
    use: async (key, open, work) => {
      const entry = entries.get(key) ?? { opening: open(), users: 0 };
      entries.delete(key);
      entries.set(key, entry);
      entry.users++;
      entry.opening.catch(() => {
        if (entries.get(key) === entry) entries.delete(key);
      });
      try {
        return await work(await entry.opening);
      } finally {
        entry.users--;
        await closeIdle(most);
      }
    },
    close: () => closeIdle(0),
  };
}
