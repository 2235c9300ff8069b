import { distance } from "fastest-levenshtein";

/** The candidate most similar to the word; undefined if even that one differs in more than a third of its letters. */
export function closest(word: string, candidates: readonly string[]): string | undefined {
  const wanted = word.toLowerCase();
  const ranked = candidates
    .map((candidate) => ({ candidate, edits: distance(wanted, candidate.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits);
  const best = ranked[0];
  return best && best.edits <= Math.max(2, Math.floor(best.candidate.length / 3))
    ? best.candidate
    : undefined;
}

/** The names most similar to a misspelled path, best match first. Ignores case and folders. */
export function nearest(name: string, names: readonly string[], limit = 3): string[] {
  const allowed = Math.max(1, Math.floor(name.length / 3));
  return names
    .map((candidate) => ({ candidate, edits: distance(plainName(name), plainName(candidate)) }))
    .filter(({ edits }) => edits <= allowed)
    .sort((a, b) => a.edits - b.edits)
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/^.*\//, "");
}
