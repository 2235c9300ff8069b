import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { verbs } from "../../commands/native/verbs";
import { parseArguments } from "../../framework/cli/arguments";
import type { Verb } from "../../framework/cli/verb";
import { type Page, pages, project } from "../support/docs/pages";
import { linesOf, type ShownLine } from "../support/docs/shownLines";

const { scripts } = JSON.parse(readFileSync(join(project, "package.json"), "utf8"));

/** Lines with deliberate mistakes, which show laju's error messages. */
const wrongOnPurpose = ["--limt"];

describe("the command lines that the documentation shows", () => {
  test.each(pages())("$path has only verbs, options, scripts and files that exist", async (page) => {
    expect(await wrongLines(page)).toEqual([]);
  });
});

async function wrongLines(page: Page): Promise<string[]> {
  const checked = linesOf(page).map(async (shown) => {
    const problem = await problemOf(shown);
    return problem === undefined ? [] : [`${page.path}:${shown.line}  ${shown.text}  ${problem}`];
  });
  return (await Promise.all(checked)).flat();
}

async function problemOf({ words }: ShownLine): Promise<string | undefined> {
  const [program, ...rest] = words;
  if (words.some((word) => wrongOnPurpose.includes(word))) return undefined;
  if (program === "npm" && rest[0] === "run" && rest[1] && !(rest[1] in scripts)) return "no such script";
  if (program === "npx" && rest[0] === "tsx" && rest[1]?.startsWith("scripts/")) {
    return existsSync(join(project, rest[1])) ? undefined : "no such file";
  }
  const at = words.findIndex((word) => /(^|\/)laju(\.js|-[\w.<>]+\.tgz)?$/.test(word));
  if (at < 0 || words[at + 1] === undefined || program === "pm2") return undefined;
  return problemOfVerb(words[at + 1] as string, words.slice(at + 2));
}

async function problemOfVerb(name: string, argv: string[]): Promise<string | undefined> {
  if (/^(-|VERB$|<verb>$|…$)/.test(name)) return undefined;
  const entry = verbs.find((verb) => verb.name === name);
  if (entry === undefined) return `no verb ${name}`;
  const { default: verb } = (await entry.load()) as unknown as { default: Verb };
  const own = argv.slice(0, argv.includes("--") ? argv.indexOf("--") : undefined);
  if (own.some((word) => ["--help", "-h"].includes(word))) return undefined;
  try {
    const { args } = parseArguments(
      own.filter((word) => word !== "--verbose"),
      verb.options,
    );
    const most = verb.words?.most ?? 0;
    return args.length > most ? `takes at most ${most} words` : undefined;
  } catch (error) {
    return error.message;
  }
}
