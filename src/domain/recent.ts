/** Values by key, of which those used last are kept. */
export interface Recent<T> {
  get(key: string): T | undefined;
  set(key: string, value: T): void;
  delete(key: string): void;
}

export function createRecent<T>(capacity: number): Recent<T> {
  // A map keeps the order of insertion: what is used goes to its end.
  const values = new Map<string, T>();
  const set = (key: string, value: T): void => {
    values.delete(key);
    values.set(key, value);
    const oldest = values.keys().next();
    if (values.size > capacity && oldest.done !== true) values.delete(oldest.value);
  };
  return {
    get: (key) => {
      const value = values.get(key);
      if (value !== undefined) set(key, value);
      return value;
    },
    set,
    delete: (key) => void values.delete(key),
  };
}
