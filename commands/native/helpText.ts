import { basename, join, relative } from "node:path";
import { describeOptions } from "../../framework/cli/optionsHelp";
import { terminalFor } from "../../framework/cli/terminal";
import type { Verb, VerbEntry } from "../../framework/cli/verb";
import { hasApp, root } from "../../framework/config/config";
import { lajuHome } from "../../framework/config/home";
import { readText } from "../../framework/config/readText";
import { tarballName } from "../../framework/new/tarballName";
import { shellQuote } from "../../framework/text/shellQuote";
import { verbGroups, verbs } from "./verbs";

/** What to type to start this command line: `node laju`, except outside the app's folder. */
export function program(): string {
  if (!hasApp) return `npx ./${tarballName(version())}`;
  const [, started = ""] = process.argv;
  if (process.cwd() === root || basename(started, ".js") !== "laju") return "node laju";
  if (started.includes("/node_modules/")) return "npx laju";
  return `node ${shellQuote(relative(process.cwd(), started).replace(/\.js$/, ""))}`;
}

/** The output of `node laju` and `node laju --help`. */
export function laju(): string {
  const { paint } = terminalFor(1);
  if (!hasApp) return outsideApp();
  const width = Math.max(...verbs.map((entry) => call(entry).length));
  const groups = verbGroups.flatMap(([heading, entries]) => [
    "",
    paint("bold", heading),
    ...entries.map((entry) => `  ${paint("green", call(entry).padEnd(width))}   ${entry.summary}`),
  ]);
  return [
    `laju ${version()}  Commands on the system crontab`,
    "",
    `Usage  ${program()} <verb> [options]`,
    ...groups,
    "",
    `  ${program()} <verb> --help   More about one verb`,
    `  ${program()} … --verbose     Show errors with their stack traces`,
  ].join("\n");
}

/** The help outside an app, as with `npx ./laju-1.0.0.tgz`, where the next step is to create an app. */
function outsideApp(): string {
  return `laju ${version()}  Commands on the system crontab

  ${program()} new <folder>   Create an app

  There is no app in this folder or any folder above it. In an app, \`node laju\` lists all verbs.`;
}

/** The output of `node laju <verb> --help`. */
export function verbText(entry: VerbEntry, verb: Verb<never>): string {
  const options = describeOptions({
    ...(verb.options as Verb["options"]),
    help: { type: "boolean", short: "h", description: "Show this text" },
  });
  const details = verb.details === undefined ? [] : ["", verb.details.trim()];
  return [
    `${entry.summary}`,
    "",
    `Usage  ${program()} ${call(entry)} [options]`,
    ...details,
    "",
    "Options",
    ...options,
    "",
    verb.examples.length === 1 ? "Example" : "Examples",
    ...exampleLines(verb.examples),
  ].join("\n");
}

function exampleLines(examples: Verb["examples"]): string[] {
  const width = Math.max(...examples.map(([line]) => line.length));
  return examples.map(([line, meaning]) => `  ${program()} ${line.padEnd(width)}   ${meaning}`);
}

function call({ name, usage }: VerbEntry): string {
  return `${name} ${usage}`.trimEnd();
}

/** laju's own version; empty if only build/ was deployed, which has no package.json of laju. */
export function version(): string {
  try {
    return JSON.parse(readText(join(lajuHome(root), "package.json"))).version ?? "";
  } catch {
    return "";
  }
}
