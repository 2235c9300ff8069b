/** The names that a misspelt one may have meant, the likeliest first. */
export function nearest(name: string, names: readonly string[], limit = 3): string[] {
  const allowed = Math.max(1, Math.floor(name.length / 3));
  return names
    .map((candidate) => ({ candidate, steps: distance(name, candidate) }))
    .filter(({ steps }) => steps <= allowed)
    .sort((a, b) => a.steps - b.steps)
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}

/** Levenshtein's: letters to insert, delete or replace; capitals and the folder don't count. */
function distance(a: string, b: string): number {
  const [from, to] = [plainName(a), plainName(b)];
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1];
    for (let j = 0; j < to.length; j++) {
      const replaced = (row[j] ?? 0) + (letter === to[j] ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/^.*\//, "");
}
