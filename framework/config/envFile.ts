/** A line of `.env` that is not a setting, and why not. */
export interface EnvLineProblem {
  line: number;
  message: string;
}

export interface EnvFile {
  values: Record<string, string>;
  problems: EnvLineProblem[];
}

/**
 * Parses `.env` as Node does, and reports every line that is not a setting. Node's parser (20 and 22) joins such a line
 * to the next one, and loses the setting there without an error. Lines of only whitespace and indented comments have
 * the same effect, so they are removed before parsing.
 */
export function readEnvFile(text: string): EnvFile {
  const { parseEnv } = process.getBuiltinModule("node:util");
  const parse = (settings: string) => parseEnv(settings) as Record<string, string>;
  if (isPlain.test(text)) return { values: parse(text), problems: [] };
  const { kept, problems } = settingsIn(text.replace(/^\ufeff/, "").replaceAll("\r\n", "\n"));
  return { values: parse(kept.join("\n")), problems };
}

/**
 * Matches a file that contains only comments, empty lines and unquoted settings. Such a file doesn't need the strict
 * parser, which would add 1 ms to every start.
 */
const isPlain = /^(?:(?:#.*|[A-Za-z_][A-Za-z0-9_]*=(?:[^\s"'`#][^"'`\r\n]*)?)?(?:\n|$))*$/;

/** Splits the text into settings, which can span several lines, and invalid lines. */
function settingsIn(text: string): { kept: string[]; problems: EnvLineProblem[] } {
  const kept: string[] = [];
  const problems: EnvLineProblem[] = [];
  for (let start = 0, line = 1; start < text.length; ) {
    const end = settingEnd(text, start);
    const setting = text.slice(start, end).replace(/^[ \t\n]+|[ \t\n]+$/g, "");
    if (/^[^#]/.test(setting) && /\S/.test(setting)) {
      const message = problemIn(setting);
      if (message === undefined) kept.push(setting.replace(/^export[ \t]+/, ""));
      else problems.push({ line, message });
    }
    for (let at = start; at <= end && at < text.length; at++) if (text[at] === "\n") line += 1;
    start = end + 1;
  }
  return { kept, problems };
}

/**
 * The end of the setting that begins at `start`. A quoted value extends to the end of the line with the closing quote.
 */
function settingEnd(text: string, start: number): number {
  const end = lineEnd(text, start);
  const [head, quote] = /^[^#\n=]*=[ \t]*(["'`])/.exec(text.slice(start, end)) ?? [];
  if (head === undefined || quote === undefined) return end;
  const closing = text.indexOf(quote, start + head.length);
  return closing < 0 ? end : lineEnd(text, closing);
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
}

function problemIn(setting: string): string | undefined {
  const [first = ""] = setting.split("\n", 1);
  const equals = first.indexOf("=");
  const name = first
    .slice(0, Math.max(equals, 0))
    .trim()
    .replace(/^export[ \t]+/, "");
  if (equals < 0 || !/^[^\s"'`:#]+$/.test(name) || name === "export") {
    return `${shown(first)} is not a setting; write it as NAME=value`;
  }
  return isUnclosed(setting) ? `the quote that opens the value of ${name} is never closed` : undefined;
}

/**
 * Whether text follows the closing quote of a multi-line value. That quote then opens the value of a later setting, and
 * the first quote is never closed.
 */
function isUnclosed(setting: string): boolean {
  if (!setting.includes("\n")) return false;
  const last = setting.slice(setting.lastIndexOf("\n") + 1);
  const quote = /=[ \t]*(["'`])/.exec(setting)?.[1] ?? "";
  return !/^[ \t]*(#.*)?$/.test(last.slice(last.indexOf(quote) + 1));
}

/** The name at the start of an invalid line. The rest is not shown, because it may be part of a secret. */
function shown(line: string): string {
  const name = /^(?:export[ \t]+)?[A-Z][A-Z0-9_]*:?(?![^\s])/.exec(line)?.[0];
  if (name === undefined || name.length > 60) return "this";
  return JSON.stringify(name.length < line.length ? `${name} …` : name);
}
