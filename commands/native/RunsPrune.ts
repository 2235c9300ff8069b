import { numberOption } from "../../framework/cli/numberOption";
import { verb } from "../../framework/cli/verb";
import { settings } from "../../framework/config/config";
import { parseDuration } from "../../framework/config/duration";
import { pruneRuns } from "../../framework/runs/ledger/prune";

export default verb({
  examples: [
    ["runs:prune --older-than 30d --keep 100", "Keep a month of runs, and the last hundred of each command"],
  ],
  options: {
    "older-than": {
      type: "string",
      value: "age",
      description: "Delete runs older than this, such as 30d (default: RUNS_KEEP_DAYS, 90 days)",
    },
    keep: {
      type: "string",
      value: "number",
      default: "1",
      description: "How many runs of each command to keep, whatever their age",
    },
  },
  details:
    "Deletes in small steps, so that no run has to wait. Runs in progress are kept. Log files are not touched.",
  run({ options }) {
    const age = options["older-than"];
    const keepMs = age === undefined ? settings().runsKeepDays * 86_400_000 : parseDuration(age);
    const before = Date.now() - keepMs;
    const hint = "node laju runs:prune --help shows how to use it.";
    const keep = numberOption("keep", options.keep, { most: 999_999_999, wanted: "a whole number", hint });
    const count = pruneRuns(before, undefined, keep);
    const since = new Date(before).toISOString().slice(0, 16).replace("T", " ");
    console.log(`Deleted ${count} ${count === 1 ? "run" : "runs"} that started before ${since} UTC`);
  },
});
