/**
 * Keeps what is dear to read, for all who ask, until `stampOf` tells of a change or it is `maxAgeMs` old. Reading may itself
 * change what is looked at (the journal is taken in), so the stamp is taken afterwards.
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
