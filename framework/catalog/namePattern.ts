import { LajuError } from "../config/errors";

/** Whether a word is a pattern. It is one if it contains characters that no name contains. */
export function isPattern(word: string): boolean {
  return /[*?[{]/.test(word);
}

/**
 * Compiles a pattern in the style of shells and .gitignore, to match names in lower case without separators. `*` and
 * `?` don't match slashes, `**` does, and a pattern without a slash matches the last part of a name. Doesn't use Node's
 * path.matchesGlob, because it prints a warning on stderr.
 */
export function namePattern(pattern: string): RegExp {
  const anywhere = pattern.includes("/") ? "" : "(?:.*/)?";
  try {
    return new RegExp(`^${anywhere}${sourceOf(pattern.toLowerCase())}$`);
  } catch {
    throw new LajuError(`${JSON.stringify(pattern)} is not a pattern`, {
      code: "E_USAGE",
      exitStatus: 2,
      hint: "Write a pattern such as 'Sync*', 'reports/*' or '{Sync,Import}*'.",
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
