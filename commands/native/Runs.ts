import { recordedNamesOf } from "../../framework/catalog/recordedName";
import { selectionDetails, selectionOptions, selectionWords } from "../../framework/catalog/selection";
import { numberOption } from "../../framework/cli/numberOption";
import { terminalFor } from "../../framework/cli/terminal";
import { verb } from "../../framework/cli/verb";
import { parseDuration } from "../../framework/config/duration";
import { LajuError } from "../../framework/config/errors";
import { failuresBefore, findRunByIdOrKey, listRuns } from "../../framework/runs/history/findRuns";
import { jsonText } from "../../framework/text/jsonText";
import { earlierFailures, runDetails, runTable } from "../../framework/views/runList";
import { inRunOrder, parseRunOrder, runSortOption, usualRunOrder } from "../../framework/views/runOrder";

const hint = "node laju runs --help shows how to use it.";

export default verb({
  examples: [
    ["runs --failed --since 2d", "What failed in the last two days"],
    ["runs show 42", "One run in full"],
  ],
  options: {
    failed: { type: "boolean", description: "Only runs that failed, timed out or were lost" },
    since: {
      type: "string",
      value: "age",
      description: "Only runs that started within this time, such as 2d",
    },
    limit: {
      type: "string",
      value: "number",
      default: "20",
      description: "How many of the newest runs to show",
    },
    json: { type: "boolean", description: "Print the rows as JSON" },
    ...selectionOptions,
    ...runSortOption,
  },
  words: selectionWords,
  details: `${selectionDetails}

With several commands, failed runs come first unless --sort says otherwise. Runs of a single command, and --json, are
sorted newest first.

node laju runs show <id> shows one run in full. A run's key from a log works too.`,
  run({ args: words, options }) {
    if (words[0] === "show") return show(words.slice(1), options.json ?? false);
    const order = parseRunOrder(options.sort);
    const limit = numberOption("limit", options.limit, { least: 1, wanted: "a whole number above 0", hint });
    const names = recordedNamesOf({ words, tags: options.tag });
    const newest = listRuns({
      names,
      failed: options.failed,
      since: options.since === undefined ? undefined : Date.now() - parseDuration(options.since),
      limit,
    });
    if (options.json) return console.log(jsonText(inRunOrder(newest, order ?? "newest")));
    const terminal = terminalFor(1);
    console.log(runTable(inRunOrder(newest, order ?? usualRunOrder(newest)), Date.now(), terminal));
    const isWhole = options.failed === true || options.since !== undefined || newest.length < limit;
    const earlier = isWhole ? 0 : failuresBefore(newest, names, Date.now());
    if (earlier > 0) console.log(earlierFailures(earlier, { words, tags: options.tag }, terminal));
  },
});

function show([id, ...more]: string[], asJson: boolean): void {
  if (id === undefined) throw usageError("runs show needs an id");
  if (more.length > 0) throw usageError(`runs show does not take "${more[0]}"`);
  const run = findRunByIdOrKey(id);
  if (run === undefined) throw usageError(`there is no run ${id}`, "node laju runs lists the runs.");
  console.log(asJson ? jsonText(run) : runDetails(run, terminalFor(1)));
}

function usageError(message: string, ownHint = hint): LajuError {
  return new LajuError(message, { code: "E_USAGE", exitStatus: 2, hint: ownHint });
}
