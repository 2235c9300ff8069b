import { relative } from "node:path";
import { readCatalog } from "../../framework/catalog/catalog";
import { logFileOf } from "../../framework/catalog/logFile";
import { recordedName } from "../../framework/catalog/recordedName";
import { numberOption } from "../../framework/cli/numberOption";
import type { LogForm } from "../../framework/cli/outputBytes";
import { terminalFor } from "../../framework/cli/terminal";
import { verb } from "../../framework/cli/verb";
import { paths } from "../../framework/config/config";
import { LajuError } from "../../framework/config/errors";
import { findRun, findRunByIdOrKey } from "../../framework/runs/history/findRuns";
import { markLostRuns } from "../../framework/runs/history/lostRuns";
import { runHistories } from "../../framework/runs/history/runHistory";
import type { Run } from "../../framework/runs/ledger/run";
import { isReadableLog } from "../../framework/runs/logs/readableLogs";
import { ago } from "../../framework/text/ago";
import { endOfLog, followLog, type LogPosition } from "../../framework/views/followLog";
import { showLog } from "../../framework/views/showLog";

export default verb({
  examples: [["logs SendDailyDigest --follow", "Follow the current run"]],
  options: {
    run: { type: "string", value: "id", description: "The run with this id or key (default: the last run)" },
    follow: { type: "boolean", short: "f", description: "Keep printing new output" },
    json: { type: "boolean", description: "Show the Logger's lines as JSON, even on a terminal" },
    raw: {
      type: "boolean",
      description: "Print the exact bytes with their escape sequences, even on a terminal",
    },
    lines: {
      type: "string",
      value: "number",
      short: "n",
      description: "Print only this many of the last lines",
    },
  },
  words: { least: 1, most: 1 },
  details: `Prints what one run wrote, even if the log has been rotated since. On a terminal, the Logger's JSON is shown as
readable lines with local times; files and pipes get the exact bytes. --follow continues with later runs; together
with --run, it ends when that run does.`,
  async run({ args: [name], options }) {
    const command = recordedName(name as string);
    const lines = options.lines === undefined ? undefined : lineCount(options.lines);
    const run = options.run === undefined ? lastRun(command) : chosenRun(command, options.run);
    const form = options.raw ? "raw" : options.json ? "json" : "readable";
    if (run === undefined) return withoutRun(command, { follow: options.follow ?? false, form });
    tell(about(run));
    const isWhole = options.run !== undefined || run.state === "running";
    const { note, isRead } = await showLog(run, {
      lines,
      follow: (options.follow ?? false) && isWhole,
      form,
    });
    if (note !== undefined) tell(note);
    if (!options.follow || options.run !== undefined || !isRead) return 0;
    await followLog(placeAfter(findRun(run.id) ?? run), form);
    return 0;
  },
});

function lastRun(name: string): Run | undefined {
  markLostRuns();
  return runHistories([name]).get(name)?.last ?? undefined;
}

function chosenRun(name: string, id: string): Run {
  const run = findRunByIdOrKey(id);
  if (run?.name === name) return run;
  const hint =
    run === undefined ? `node laju runs ${name} lists its runs.` : `That run belongs to ${run.name}.`;
  throw new LajuError(`there is no run ${id} of ${name}`, { code: "E_UNKNOWN_RUN", exitStatus: 2, hint });
}

/**
 * The position in the log where the run's own output ends. Following from there shows later output once and in full.
 */
function placeAfter({ name, log }: Run): LogPosition {
  if (log === null || !isReadableLog(log.file)) return endOfLog(logOf(name));
  const place = endOfLog(log.file);
  return { ...place, position: place.inode === log.inode ? (log.to ?? place.position) : 0 };
}

function logOf(name: string): string {
  const command = readCatalog().commands.find((one) => one.name === name);
  return logFileOf(command ?? { name, log: null });
}

async function withoutRun(
  name: string,
  { follow, form }: { follow: boolean; form: LogForm },
): Promise<number> {
  const file = logOf(name);
  const place = endOfLog(file);
  tell(`${name} has not run yet. Its log will be ${relative(paths.root, file)}`);
  if (follow) await followLog(place, form);
  return 0;
}

function about({ id, state, exitStatus, startedAt, log }: Run): string {
  const how = state === "failed" ? `exit ${exitStatus}` : state.replace("_", " ");
  const where = log === null ? [] : [log.file];
  return [`run ${id}`, ago(Date.now() - startedAt), how, ...where].join(" · ");
}

function lineCount(text: string): number {
  const hint = "node laju logs --help shows how to use it.";
  return numberOption("lines", text, { least: 1, wanted: "a whole number above 0", hint });
}

function tell(text: string): void {
  console.error(terminalFor(2).paint("dim", text));
}
