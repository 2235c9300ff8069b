import type { AppDescription } from "./description";

type Section = Record<string, unknown>;

/**
 * The sections of package.json that `upgrade` updates from the template. The dependency on laju is not in them, because
 * npm updates it.
 */
const sections = ["engines", "scripts", "devDependencies", "allowScripts"] as const;

/** Applies the template's changes to a user's package.json, except to entries that the user has changed too. */
export function mergedDescription(
  text: string,
  base: AppDescription,
  next: AppDescription,
): { text: string; notes: string[] } {
  const own = JSON.parse(text);
  const notes: string[] = [];
  for (const name of sections) {
    const merged = mergedSection(
      name,
      { own: own[name] ?? {}, base: base[name] ?? {}, next: next[name] ?? {} },
      notes,
    );
    if (merged !== undefined) own[name] = merged;
  }
  own.laju = { ...own.laju, template: next.laju.template };
  if (JSON.stringify(own) === JSON.stringify(JSON.parse(text))) return { text, notes };
  const indent = /^\{\r?\n([ \t]+)/.exec(text)?.[1] ?? "  ";
  return { text: `${JSON.stringify(own, null, indent)}\n`, notes };
}

/** One section with the template's changes applied; undefined if the template changes nothing in it. */
function mergedSection(
  name: string,
  { own, base, next }: { own: Section; base: Section; next: Section },
  notes: string[],
): Section | undefined {
  const changed = [...new Set([...Object.keys(base), ...Object.keys(next)])].filter(
    (key) => base[key] !== next[key],
  );
  const merged = { ...own };
  for (const key of changed) {
    if (own[key] === next[key]) continue;
    if (own[key] !== base[key]) {
      notes.push(
        `package.json: ${name}.${key} stays ${JSON.stringify(own[key])}; the template now has ${JSON.stringify(next[key])}`,
      );
    } else if (next[key] === undefined) delete merged[key];
    else merged[key] = next[key];
  }
  return changed.length === 0 ? undefined : merged;
}
