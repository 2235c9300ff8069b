import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { verbs } from "../../commands/native/verbs";
import { type Page, pages, project, prose } from "../support/docs/pages";

const read = (path: string) => readFileSync(join(project, path), "utf8");
const example = read(".env.example");
const { scripts } = JSON.parse(read("package.json"));

/**
 * Names with an underscore that are not in .env.example: variables that laju sets for its own processes, other
 * programs' variables, and names in samples.
 */
const others = [
  ...["LAJU_ALLOW_ROOT", "LAJU_ALL_CHANGES", "LAJU_ENTRY", "LAJU_QUOTING_LINES", "LAJU_RUN", "LAJU_SLOT"],
  ...["CRON_TZ", "NODE_OPTIONS", "NO_COLOR", "FORCE_COLOR", "RAILS_ENV", "RANDOM_DELAY"],
  ...["CURRENT_TIMESTAMP", "GET_LOCK", "PARTNER_URL"],
];
/** Verbs of other programs that the pages mention. */
const otherVerbs = ["queue:failed"];
const settings = [...example.matchAll(/^#?([A-Z][A-Z0-9_]*)=/gm)].map(([, name]) => name);

describe.each(pages())("$path", (page) => {
  test("names only settings that exist", () => {
    const named = inlineCode(page).flatMap(
      (code) => /^([A-Z][A-Z0-9]*_[A-Z0-9_]*[A-Z0-9]|MONITOR)(?:=.*)?$/.exec(code)?.[1] ?? [],
    );
    const known = new Set([...settings, ...others]);
    expect([...new Set(named)].filter((name) => !known.has(name))).toEqual([]);
  });

  test("names only verbs and scripts that exist", () => {
    const named = inlineCode(page).flatMap((code) => /^([a-z]+:[a-z]+)(?: .*)?$/s.exec(code)?.[1] ?? []);
    const known = new Set([...verbs.map(({ name }) => name), ...Object.keys(scripts), ...otherVerbs]);
    expect([...new Set(named)].filter((name) => !known.has(name) && !name.startsWith("node:"))).toEqual([]);
  });

  test("gives the defaults that the code has", () => {
    const given = [
      ...prose(page.text).matchAll(/`([A-Z][A-Z0-9_]+)`\s+\((?:default\s+)?(\d+(?:[KMG]B)?)\b/g),
    ];
    const wrong = given.filter(
      ([, name = "", text = ""]) => defaults.has(name) && defaults.get(name) !== numberOf(text),
    );
    expect(wrong.map(([text]) => text)).toEqual([]);
  });
});

test("the comments in .env.example give the defaults that the code has", () => {
  const wrong = [...defaults].filter(([name, value]) => {
    const [, text = ""] = /\(default: ([^)]*)\)/.exec(commentOf(name)) ?? [];
    return !text.split(/[ ,;]+/).some((word) => numberOf(word) === value || word === value);
  });
  expect(wrong).toEqual([]);
  expect(defaults.size).toBeGreaterThan(10);
});

/** The settings whose default is written literally in config.ts, and that default. */
const defaults = new Map(
  [
    ...read("framework/config/config.ts").matchAll(
      /read\.\w+\(\s*"([A-Z0-9_]+)"[^)]*\)\s*\?\?\s*("[^"]*"|[\d_]+|true|false)|read\.name\("([A-Z0-9_]+)", ("[^"]*")\)/g,
    ),
  ]
    .map(([, name = "", value = "", other = "", word = ""]) => [name || other, value || word] as const)
    // Leave out SMTP_PORT, whose default depends on another setting.
    .map(([name, value]) => [
      name,
      /^[\d_]+$/.test(value) ? Number(value.replaceAll("_", "")) : value.replaceAll('"', ""),
    ]),
);

/** The comment above a setting, in one line. */
function commentOf(name: string): string {
  const part = example.split("\n\n").find((text) => new RegExp(`^#${name}=`, "m").test(text)) ?? "";
  const lines = part.split("\n").filter((line) => line.startsWith("# "));
  return lines.map((line) => line.slice(2)).join(" ");
}

function numberOf(text: string): number | undefined {
  const [, digits, unit = ""] = /^(\d+)(KB|MB|GB)?$/.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits) * 1000 ** ["", "KB", "MB", "GB"].indexOf(unit);
}

function inlineCode({ text }: Page): string[] {
  return [...prose(text).matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);
}
