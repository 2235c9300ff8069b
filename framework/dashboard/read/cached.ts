/**
 * Caches what is expensive to read, until `stampOf` changes or the value is `maxAgeMs` old. Reading can itself change
 * the stamp (it imports the journal), so this takes the stamp after reading.
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
