import { LajuError } from "../../config/errors";
import { type CronFacts, cronFacts } from "../../host/crons";
import { cronEscape, neutralQuote, shellQuote } from "../../text/shellQuote";

/** A command in the crontab. */
export interface CrontabRow {
  name: string;
  description: string;
  entries: CrontabEntry[];
  /** The built file, relative to the build: "commands/SendDailyDigest.js". */
  file: string;
  /** The arguments of the file. */
  args?: readonly string[];
  /** Absolute. */
  log: string;
  priority: number;
}

/** One line of a command. In shell text (`guard`, `delay`), % is not escaped yet. */
export interface CrontabEntry {
  /** Five fields, or @reboot, exactly as cron has them. */
  fields: string;
  /** `case … in PATTERN)`, as guardText writes it. */
  guard?: string;
  /** A shell command that waits for the second within the minute. */
  delay?: string;
  /** `NAME=value` for the command alone, the value unquoted. */
  env?: string;
  /** Words before node, such as flock and timeout with their arguments. */
  runner?: readonly string[];
  /** Whether the shell does not wait for the command: for a daemon that would not start the line again before its end. */
  isDetached?: boolean;
}

/** Where the app is: `root` names the block, and cron starts `node` in `build`. All paths are absolute. */
export interface AppLocation {
  root: string;
  build: string;
  node: string;
  /** The cron that reads the lines; Debian's if absent. */
  cron?: CronFacts | undefined;
}

/** Debian's cron refuses a longer command ("command too long"), and with it the whole table. */
const longestCommand = 998;

/** The crontab line that starts a command, without its newline. */
export function crontabLine(row: CrontabRow, entry: CrontabEntry, place: AppLocation): string {
  const command = cronEscape(guarded(entry, startOf(row, entry, place)));
  checkFields(row, entry.fields);
  checkCharacters(row, command);
  checkReadable(row, command, place.cron ?? cronFacts("debian"));
  checkLength(row, command);
  return `${entry.fields} ${command}`;
}

function startOf(row: CrontabRow, { env, runner = [] }: CrontabEntry, place: AppLocation): string {
  const { build, node, cron } = place;
  const quote = cron === undefined || cron.isVixie ? shellQuote : neutralQuote;
  const setting = env === undefined ? "" : `${assignment(env, quote)} `;
  const start = setting + [...runner, node, row.file, ...(row.args ?? [])].map(quote).join(" ");
  return `cd ${quote(build)} && ${start} >> ${quote(row.log)} 2>&1`;
}

function assignment(env: string, quote: (text: string) => string): string {
  const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(env) ?? [];
  if (name === undefined) throw new Error(`not a setting for a crontab line: ${env}`);
  return `${name}=${quote(value)}`;
}

/** What a line of this entry says, around the start of its command. */
export function guarded({ guard, delay, isDetached }: CrontabEntry, start: string): string {
  const whole = delay === undefined ? start : `${delay}; ${start}`;
  const detached = delay === undefined ? `${whole} &` : `{ ${whole}; } &`;
  const command = isDetached ? detached : whole;
  return guard === undefined ? command : `${guard} ${command} ;; esac`;
}

/** crontab(1) accepts almost anything as a schedule, so only canonical fields may get there. */
function checkFields({ name }: CrontabRow, fields: string): void {
  if (/^(@[a-z]+|[\d*][\d*,/-]*( [\d*][\d*,/-]*){4})$/.test(fields)) return;
  throw new Error(`the crontab entry of ${name} has the fields ${JSON.stringify(fields)}`);
}

function checkCharacters({ name }: CrontabRow, command: string): void {
  const odd = /[\n\r\0]/.exec(command)?.[0];
  if (odd !== undefined) {
    const what = { "\n": "a newline", "\r": "a carriage return", "\0": "a NUL" }[odd];
    throw new LajuError(`the crontab entry of ${name} would contain ${what}`, {
      code: "E_CRONTAB_LINE",
      hint: "A crontab line cannot contain one. Rename the folder or file that has it.",
    });
  }
  // Daemons disagree about `\\`. shellQuote never writes it, so it would come from a guard.
  if (command.includes("\\\\")) throw new Error(`the crontab entry of ${name} has \\\\ in it: ${command}`);
}

/** systemd-cron splits lines where Python's `split` does: at any white space of Unicode, and at some control characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are among them.
const unusualBlanks = /\s{2}|[^\S ]|[\u001c-\u001f\u0085]/;

/** What some daemons make of a command before the shell has it. */
function checkReadable(
  { name }: CrontabRow,
  command: string,
  { label, cutsAtHash, joinsBlanks }: CronFacts,
): void {
  const trouble =
    cutsAtHash && command.includes("#")
      ? `has a # in it, which begins a comment for ${label}`
      : joinsBlanks && unusualBlanks.test(command)
        ? `has several blanks in a row or one that is no plain space, which ${label} makes one space`
        : undefined;
  if (trouble === undefined) return;
  throw new LajuError(`the crontab entry of ${name} ${trouble}`, {
    code: "E_CRONTAB_LINE",
    hint: "Rename the folder or file that has it, or start the commands with node laju schedule:work.",
  });
}

function checkLength({ name }: CrontabRow, command: string): void {
  const length = Buffer.byteLength(command);
  if (length <= longestCommand) return;
  throw new LajuError(
    `the crontab entry of ${name} is ${length} bytes long, but cron accepts at most ${longestCommand}`,
    { code: "E_CRONTAB_LINE", hint: "Shorten the paths of the app, of its log or of node." },
  );
}
