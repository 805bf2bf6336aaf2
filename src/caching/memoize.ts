/** Computes each text's value once. When `most` values are kept, all are dropped and the cache fills anew. `undefined` is not kept. */
export function memoize<Value>(compute: (text: string) => Value, most = Infinity): (text: string) => Value {
  const values = new Map<string, Value>();
  return (text) => {
    const known = values.get(text);
    if (known !== undefined) return known;
    if (values.size >= most) values.clear();
    const value = compute(text);
    values.set(text, value);
    return value;
  };
}

/** Computes each object's value once, by the object's identity. A value is dropped with its object. */
export function memoizeByObject<Key extends object, Value>(compute: (key: Key) => Value): (key: Key) => Value {
  const values = new WeakMap<Key, { readonly value: Value }>();
  return (key) => {
    const known = values.get(key);
    if (known !== undefined) return known.value;
    const value = compute(key);
    values.set(key, { value });
    return value;
  };
}
