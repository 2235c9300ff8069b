/**
 * Caches what is expensive to read, until the result of `stampOf` changes or the value is `maxAgeMs` old. Calls
 * `stampOf` after reading, because reading imports the journal and so changes the stamp.
 */
export function cached<T>(
  read: () => T,
  {
    stampOf = () => "",
    maxAgeMs,
    now = Date.now,
  }: { stampOf?: () => string; maxAgeMs: number; now?: () => number },
): () => T {
  let known: { value: T; stamp: string; at: number } | undefined;
  return () => {
    if (known === undefined || now() - known.at > maxAgeMs || known.stamp !== stampOf()) {
      const value = read();
      known = { value, stamp: stampOf(), at: now() };
    }
    return known.value;
  };
}
