import { distance } from "fastest-levenshtein";

/** The candidate that was most likely meant; undefined if more than a third of the letters differ in all of them. */
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

/** The files to which a misspelled path may refer, best match first. Ignores case and folders. */
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
