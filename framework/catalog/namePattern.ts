import { LajuError } from "../config/errors";

/** Whether a word is a pattern and not a name: names hold none of these characters. */
export function isPattern(word: string): boolean {
  return /[*?[{]/.test(word);
}

/**
 * Matches folded names (lower case, no separators) by a pattern as shells and .gitignore have it: `*` and `?` stay within
 * a folder, `**` crosses them, and a pattern without a slash looks at the last part alone. Node's own path.matchesGlob
 * would print a warning on stderr.
 */
export function namePattern(pattern: string): RegExp {
  const anywhere = pattern.includes("/") ? "" : "(?:.*/)?";
  try {
    return new RegExp(`^${anywhere}${sourceOf(pattern.toLowerCase())}$`);
  } catch {
    throw new LajuError(`${JSON.stringify(pattern)} is not a pattern`, {
      code: "E_USAGE",
      exitStatus: 2,
      hint: "Write it such as 'Sync*', 'reports/*' or '{Sync,Import}*'.",
    });
  }
}

const token = /\*\*\/|\*\*|\*|\?|\[!?[\w-]+\]|\{[^{}]*\}|./gs;

function sourceOf(pattern: string): string {
  return pattern.replace(token, (part) => {
    if (part === "**/") return "(?:.*/)?";
    if (part === "**") return ".*";
    if (part === "*") return "[^/]*";
    if (part === "?") return "[^/]";
    if (part.length > 1 && part.startsWith("[")) return part.replace("[!", "[^");
    if (part.length > 1) return `(?:${part.slice(1, -1).split(",").map(sourceOf).join("|")})`;
    return /[-_.\s]/.test(part) ? "" : part.replace(/[^\w/]/, "\\$&");
  });
}
