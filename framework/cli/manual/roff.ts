import type { ManualGroup, ManualVerb } from "./manual";

/** The manual page in roff, the language of man(1): see man(7) and groff_man(7). */
export function manualRoff(groups: readonly ManualGroup[], version: string): string {
  return [
    `.TH LAJU 1 "" "laju ${escaped(version)}"`,
    ".SH NAME",
    "laju \\- commands on the system crontab",
    ".SH SYNOPSIS",
    ".B node laju",
    ".I verb",
    "[options]",
    ".SH DESCRIPTION",
    ...paragraphs(description),
    ...groups.flatMap(({ heading, verbs }) => [
      `.SH ${escaped(heading).toUpperCase()}`,
      ...verbs.flatMap(verb),
    ]),
    ".SH EXIT STATUS",
    ...exitStatuses.flatMap(([status, meaning]) => term(status, meaning)),
    ".SH FILES",
    ...files.flatMap(([path, meaning]) => term(path, meaning)),
    "",
  ].join("\n");
}

const description = `laju runs TypeScript commands on the system crontab. Its verbs create commands, compile them, install them in the
crontab and show how their runs went. Every run is recorded.

Run the verbs in the folder of an app. Every verb has --help, and --verbose shows errors with their stack traces.`;

const exitStatuses = [
  ["0", "Success. A skipped run also exits with 0."],
  ["1", "Something failed, or a check found something wrong."],
  ["2", "Usage error: an unknown verb, name or option, or an invalid schedule."],
  ["124", "A run timed out. laju run exits with the status of the command."],
  ["128+n", "A run was ended by signal n."],
] as const;

const files = [
  [".env", "The app's settings. .env.example lists them all."],
  ["schedule.json", "The metadata fields that this deployment overrides."],
  ["build/", "The compiled commands, which cron starts."],
  ["data/", "The ledger of runs, the SQLite database, locks and backups."],
  ["logs/", "The output of commands under cron, one file per command."],
] as const;

function verb({ call, summary, details, options, examples }: ManualVerb): string[] {
  return [
    `.SS ${quoted(call)}`,
    ...paragraphs(`${summary}.`),
    ...(details === "" ? [] : [".PP", ...paragraphs(details)]),
    ...options.flatMap(([flag, note]) => term(flag, note)),
    ...examples.flatMap(([line, meaning]) => [
      ".PP",
      `${escaped(meaning)}:`,
      ".RS 4",
      ".nf",
      escaped(`node laju ${line}`),
      ".fi",
      ".RE",
    ]),
  ];
}

function term(name: string, meaning: string): string[] {
  return [".TP", `.B ${escaped(name)}`, escaped(meaning)];
}

/** Joins lines into one, so that man wraps them. Lines that begin with a space stay separate. */
function paragraphs(text: string): string[] {
  const parts = text.split(/\n\n+/).map((part) => {
    const lines = part.split("\n").map(escaped);
    return /^ /.test(part) ? [".nf", ...lines, ".fi"] : lines;
  });
  return parts.flatMap((lines, index) => (index === 0 ? lines : [".PP", ...lines]));
}

function quoted(text: string): string {
  return `"${escaped(text).replaceAll('"', "\\(dq")}"`;
}

/** Escapes text so that man doesn't read any of it as a request or an escape sequence. */
function escaped(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll("…", "...")
    .replace(/^(?=[.'])/, "\\&");
}
