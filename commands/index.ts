import { parseArguments } from "../framework/cli/arguments";
import { describeError } from "../framework/cli/describeError";
import { terminalFor } from "../framework/cli/terminal";
import type { VerbEntry } from "../framework/cli/verb";
import { checkEnvFile, checkPackageName, hasApp } from "../framework/config/config";
import { LajuError } from "../framework/config/errors";
import { checkZonesOnThisSystem } from "../framework/host/systemZoneFiles";
import { testDatabaseNote } from "../framework/services/database/testNote";
import { keepConsoleLines } from "../framework/start/safeConsole";
import { mapStacksToSources } from "../framework/start/sourceTraces";
import { laju, program, verbText, version } from "./native/helpText";
import { verbGroups, verbs } from "./native/verbs";

/** laju's command line: finds the verb, runs it, and exits with its status. */
export async function main(argv: string[]): Promise<never> {
  keepConsoleLines({ isEscaped: true });
  mapStacksToSources();
  checkZonesOnThisSystem();
  const isVerbose = argv.includes("--verbose");
  const status = await dispatch(argv.filter((word) => word !== "--verbose")).catch((error) => {
    show(error, isVerbose);
    return error instanceof LajuError ? error.exitStatus : 1;
  });
  const note = testDatabaseNote();
  if (note !== undefined) console.error(terminalFor(2).paint("dim", `  ${note}`));
  process.exit(status);
}

async function dispatch([name, ...argv]: string[]): Promise<number> {
  if (name === undefined || name === "--help" || name === "-h" || name === "help") return print(laju());
  if (name === "--version" || name === "-V") return print(version());
  const entry = verbs.find((candidate) => candidate.name === name);
  if (entry === undefined) throw await unknownVerb(name, argv[0]);
  if (!hasApp && !argv.some(isHelp)) checkWithoutApp(name);
  return runVerb(entry, argv);
}

async function runVerb(entry: VerbEntry, argv: string[]): Promise<number> {
  const { default: verb } = await entry.load();
  const end = argv.indexOf("--");
  const own = end < 0 ? argv : argv.slice(0, end);
  const rest = end < 0 ? [] : argv.slice(end + 1);
  if (own.some(isHelp)) return print(verbText(entry, verb));
  const input = { ...parseArguments(own, verb.options), rest, verbGroups };
  checkWords(entry, verb.words ?? { least: 0, most: 0 }, input.args);
  if (hasApp) checkPackageName();
  // doctor itself reports an invalid .env, along with all other problems, so don't stop it here.
  if (entry.name !== "doctor") checkEnvFile();
  return (await verb.run(input as never)) ?? 0;
}

/** Throws if the verb needs an app and there is none. `new` and `explain` don't need one. */
function checkWithoutApp(name: string): void {
  if (name === "new" || name === "explain") return;
  throw new LajuError(`there is no app in ${process.cwd()} or any folder above it`, {
    code: "E_ROOT",
    hint: `Run ${name} in an app's folder, or create an app: ${program()} new <folder>`,
  });
}

function isHelp(word: string): boolean {
  return word === "--help" || word === "-h";
}

function checkWords(
  entry: VerbEntry,
  { least, most }: { least: number; most: number },
  words: string[],
): void {
  if (words.length >= least && words.length <= most) return;
  const message =
    words.length < least
      ? `${entry.name} needs ${entry.usage}`
      : `${entry.name} does not take "${words[most]}"`;
  const usage = `Usage: ${program()} ${entry.name} ${entry.usage}`.trimEnd();
  const whole = `${entry.name}:${words[most]}`;
  const hint = verbs.some(({ name }) => name === whole) ? `Did you mean ${whole}?` : usage;
  throw new LajuError(message, { code: "E_USAGE", exitStatus: 2, hint });
}

async function unknownVerb(name: string, next: string | undefined): Promise<LajuError> {
  const meant = await meantBy(name, next);
  const hint = meant ? `Did you mean ${meant}?` : `${program()} --help lists the verbs.`;
  return new LajuError(`Unknown verb "${name}"`, { code: "E_USAGE", exitStatus: 2, hint });
}

async function meantBy(name: string, next: string | undefined): Promise<string> {
  const { verbSuggestions } = await import("../framework/cli/verbSuggestions");
  const word = next === undefined || next.startsWith("-") ? undefined : next;
  return verbSuggestions(
    name,
    word,
    verbs.map((entry) => entry.name),
  ).join(" or ");
}

function print(text: string): 0 {
  console.log(text);
  return 0;
}

/** Shows an error that the user can fix as one sentence. Any other error is a bug and is shown in full. */
function show(error: unknown, isVerbose: boolean): void {
  if (!(error instanceof LajuError) || isVerbose) {
    console.error(error);
    return;
  }
  const { paint, symbols } = terminalFor(2);
  const [first, ...more] = describeError(error).split("\n");
  console.error(
    [`${paint("red", symbols.failed)} ${first}`, ...more.map((line) => paint("dim", line))].join("\n"),
  );
}

void main(process.argv.slice(2));
