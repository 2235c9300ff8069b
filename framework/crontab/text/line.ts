import { LajuError } from "../../config/errors";
import { cronEscape, shellQuote } from "../../text/shellQuote";

/** A command as the crontab has it. */
export interface CrontabRow {
  name: string;
  description: string;
  entries: CrontabEntry[];
  /** The built file, relative to the build: "commands/SendDailyDigest.js". */
  file: string;
  /** Words behind it. */
  args?: readonly string[];
  /** Absolute. */
  log: string;
  priority: number;
}

/** One line of a command. Shell text (`guard`, `delay`) has its % as the shell sees it, not yet escaped. */
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
}

/** Where the app stands: `root` names the block, cron starts `node` in `build`. All absolute. */
export interface CrontabPlace {
  root: string;
  build: string;
  node: string;
}

/** Debian's cron refuses a longer command ("command too long"), and with it the whole table. */
const longestCommand = 998;

/** The crontab line that starts a command, without its newline. */
export function crontabLine(row: CrontabRow, entry: CrontabEntry, place: CrontabPlace): string {
  const command = cronEscape(guarded(entry, startOf(row, entry, place)));
  checkFields(row, entry.fields);
  checkCharacters(row, command);
  checkLength(row, command);
  return `${entry.fields} ${command}`;
}

function startOf(row: CrontabRow, { env, runner = [] }: CrontabEntry, { build, node }: CrontabPlace): string {
  const setting = env === undefined ? "" : `${assignment(env)} `;
  const start = setting + [...runner, node, row.file, ...(row.args ?? [])].map(shellQuote).join(" ");
  return `cd ${shellQuote(build)} && ${start} >> ${shellQuote(row.log)} 2>&1`;
}

function assignment(env: string): string {
  const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(env) ?? [];
  if (name === undefined) throw new Error(`not a setting for a crontab line: ${env}`);
  return `${name}=${shellQuote(value)}`;
}

function guarded({ guard, delay }: CrontabEntry, start: string): string {
  const command = delay === undefined ? start : `${delay}; ${start}`;
  return guard === undefined ? command : `${guard} ${command} ;; esac`;
}

/** crontab(1) reads almost anything as some schedule, so nothing but canonical fields gets there. */
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
      hint: "A line of a crontab cannot hold one. Rename the folder or file that has it.",
    });
  }
  // Daemons differ over `\\`. shellQuote writes none, so this would be a guard's.
  if (command.includes("\\\\")) throw new Error(`the crontab entry of ${name} has \\\\ in it: ${command}`);
}

function checkLength({ name }: CrontabRow, command: string): void {
  const length = Buffer.byteLength(command);
  if (length <= longestCommand) return;
  throw new LajuError(
    `the crontab entry of ${name} is ${length} bytes long, and cron takes at most ${longestCommand}`,
    { code: "E_CRONTAB_LINE", hint: "Shorten the paths of the app, of its log or of node." },
  );
}
