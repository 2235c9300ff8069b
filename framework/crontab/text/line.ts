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
  /** The arguments after the file. */
  args?: readonly string[];
  /** The log's absolute path. */
  log: string;
  priority: number;
}

/** One crontab line of a command. Each % in shell text (`guard`, `delay`) still has to be escaped. */
export interface CrontabEntry {
  /** Five fields, or @reboot, exactly as cron expects them. */
  fields: string;
  /** `case … in PATTERN)`, as guardText writes it. */
  guard?: string;
  /** A shell command that waits for the second within the minute. */
  delay?: string;
  /** `NAME=value`, set only for the command. The value is not quoted yet. */
  env?: string;
  /** The words before node, such as flock and timeout with their arguments. */
  runner?: readonly string[];
  /**
   * Whether the shell runs the command in the background, for daemons that start a line only after its previous process
   * has ended.
   */
  isDetached?: boolean;
}

/** Where the app is: `root` names the block, and cron starts `node` in `build`. All paths are absolute. */
export interface AppLocation {
  root: string;
  build: string;
  node: string;
  /** The cron that reads the lines (default: Debian's). */
  cron?: CronFacts | undefined;
}

/** If any command is longer than this, Debian's crontab rejects the whole table ("command too long"). */
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
  if (name === undefined) throw new Error(`not a NAME=value setting: ${env}`);
  return `${name}=${quote(value)}`;
}

/** Puts the entry's guard and delay around the shell text that starts the command. */
export function guarded({ guard, delay, isDetached }: CrontabEntry, start: string): string {
  const whole = delay === undefined ? start : `${delay}; ${start}`;
  const detached = delay === undefined ? `${whole} &` : `{ ${whole}; } &`;
  const command = isDetached ? detached : whole;
  return guard === undefined ? command : `${guard} ${command} ;; esac`;
}

/** Throws unless the fields are canonical, because crontab(1) accepts almost anything as a schedule. */
function checkFields({ name }: CrontabRow, fields: string): void {
  if (/^(@[a-z]+|[\d*][\d*,/-]*( [\d*][\d*,/-]*){4})$/.test(fields)) return;
  throw new Error(`the crontab entry of ${name} has invalid fields: ${JSON.stringify(fields)}`);
}

function checkCharacters({ name }: CrontabRow, command: string): void {
  const odd = /[\n\r\0]/.exec(command)?.[0];
  if (odd !== undefined) {
    const what = { "\n": "a newline", "\r": "a carriage return", "\0": "a NUL" }[odd];
    throw new LajuError(`the crontab entry of ${name} would contain ${what}`, {
      code: "E_CRONTAB_LINE",
      hint: "Rename the folder or file whose name contains it: a crontab line cannot contain such a character.",
    });
  }
  // Daemons disagree on what `\\` means. shellQuote never writes it, so it could only come from a faulty guard.
  if (command.includes("\\\\")) throw new Error(`the crontab entry of ${name} has \\\\ in it: ${command}`);
}

/** systemd-cron splits lines with Python's `split`: at any Unicode whitespace and at some control characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: Python splits at these too.
const unusualSpaces = /\s{2}|[^\S ]|[\u001c-\u001f\u0085]/;

/** Throws if this cron would change the command before passing it to the shell. */
function checkReadable(
  { name }: CrontabRow,
  command: string,
  { label, cutsAtHash, joinsSpaces }: CronFacts,
): void {
  const trouble =
    cutsAtHash && command.includes("#")
      ? `contains a "#", which starts a comment for ${label}`
      : joinsSpaces && unusualSpaces.test(command)
        ? `contains repeated spaces or other whitespace, which ${label} would turn into one space`
        : undefined;
  if (trouble === undefined) return;
  throw new LajuError(`the crontab entry of ${name} ${trouble}`, {
    code: "E_CRONTAB_LINE",
    hint: "Rename the folder or file whose name causes this, or start the commands with node laju schedule:work.",
  });
}

function checkLength({ name }: CrontabRow, command: string): void {
  const length = Buffer.byteLength(command);
  if (length <= longestCommand) return;
  throw new LajuError(
    `the crontab entry of ${name} is ${length} bytes long, but cron accepts at most ${longestCommand}`,
    { code: "E_CRONTAB_LINE", hint: "Use a shorter path for the app, the log or Node." },
  );
}
