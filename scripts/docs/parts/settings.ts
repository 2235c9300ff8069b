import { readFileSync } from "node:fs";
import { join } from "node:path";
import { code, plain, table } from "../markdown";

interface Setting {
  names: string[];
  examples: string[];
  text: string;
}

/**
 * Lists every setting in .env.example, with the values that the code accepts. A test checks that the names and values
 * in .env.example are those in the code.
 */
export function settingTables(project: string): string {
  const example = readFileSync(join(project, ".env.example"), "utf8");
  const accepted = acceptedValues(readFileSync(join(project, "framework/config/config.ts"), "utf8"));
  const [, ...sections] = example.split(/^# --- (.*?) -+\n/m);
  const parts: string[] = [];
  for (let index = 0; index < sections.length; index += 2) {
    const [heading = "", body = ""] = sections.slice(index, index + 2);
    if (heading === "The app's own settings") break;
    parts.push(`## ${heading}`, ...introduction(body), settingTable(settingsIn(body), accepted));
  }
  return parts.join("\n\n");
}

function settingTable(settings: Setting[], accepted: Map<string, string>): string {
  const rows = settings.map(({ names, text }) => {
    const kinds = [...new Set(names.map((name) => accepted.get(name) ?? ""))].filter(Boolean);
    return [names.map(code).join(" "), kinds.join(", "), plain(text)];
  });
  return table(["Setting", "Value", "Effect and default"], rows);
}

/** The comment above a section's first setting, if it applies to the whole section. */
function introduction(body: string): string[] {
  const [first = ""] = body.trim().split("\n\n");
  return /^#[A-Z]/m.test(first) ? [] : [plain(commentText(first))];
}

/** The settings of a section. Each begins with a comment, followed by one or more lines `#NAME=value`. */
function settingsIn(body: string): Setting[] {
  const parts = body.trim().split("\n\n");
  return parts.flatMap((part) => {
    const lines = part.split("\n").filter((line) => /^#[A-Z][A-Z0-9_]*=/.test(line));
    if (lines.length === 0) return [];
    const names = lines.map((line) => line.slice(1, line.indexOf("=")));
    const examples = lines.map((line) => line.slice(1));
    return [{ names, examples, text: commentText(part) }];
  });
}

function commentText(part: string): string {
  const lines = part.split("\n").filter((line) => /^# /.test(line));
  return lines.map((line) => line.slice(2).trim()).join(" ");
}

/**
 * The values that each setting accepts, found in config.ts from calls such as `read.integer("SMTP_PORT", 1, 65535)`.
 */
function acceptedValues(source: string): Map<string, string> {
  const lists = new Map(
    [...source.matchAll(/^const (\w+) = (\[.*?\]) as const;/gm)].map(([, name, list]) => [name, list]),
  );
  const reads = source.matchAll(/read\.(\w+)\(\s*"([A-Z0-9_]+)"(?:, ([^)]*))?\)/g);
  return new Map(
    [...reads].map(([, reader = "", name = "", rest = ""]) => [name, kindOf(reader, rest, lists)]),
  );
}

const kinds: Record<string, string> = {
  boolean: "`true` or `false`",
  bytes: "a size, such as `10MB`",
  duration: "a duration, such as `1h30m`",
  mailbox: "a mail address",
  mailboxes: "mail addresses",
  networks: "addresses or networks",
  list: "a list",
  name: "a word",
  absolutePath: "an absolute path",
  group: "a group",
};

function kindOf(reader: string, rest: string, lists: Map<string | undefined, string | undefined>): string {
  if (reader === "integer") return rest.replaceAll("_", "").replace(", ", " to ");
  if (reader === "secret") return `at least ${rest} characters`;
  if (reader === "url") return words(rest, (protocol) => `${protocol}${protocol === "file:" ? "" : "//"}…`);
  if (reader === "oneOf") return words(lists.get(rest) ?? "", (word) => word);
  return kinds[reader] ?? "";
}

function words(list: string, shown: (word: string) => string): string {
  const found = [...list.matchAll(/"([^"]+)"/g)].map(([, word = ""]) => `\`${shown(word)}\``);
  return found.join(", ");
}
