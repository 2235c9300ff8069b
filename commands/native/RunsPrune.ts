import { verb } from "../../framework/cli/verb";
import { settings } from "../../framework/config/config";
import { parseDuration } from "../../framework/config/duration";
import { LajuError } from "../../framework/config/errors";
import { pruneRuns } from "../../framework/runs/ledger/prune";

export default verb({
  options: {
    "older-than": { type: "string", description: "How old, such as 30d (default: RUNS_KEEP_DAYS, 90 days)" },
    keep: { type: "string", default: "1", description: "How many of each command stay, whatever their age" },
  },
  details:
    "Deletes in small steps, so that no run waits for it; runs that go on stay. The log files are not touched.",
  run({ options }) {
    const age = options["older-than"];
    const keepMs = age === undefined ? settings().runsKeepDays * 86_400_000 : parseDuration(age);
    const before = Date.now() - keepMs;
    const count = pruneRuns(before, undefined, keepCount(options.keep));
    const since = new Date(before).toISOString().slice(0, 16).replace("T", " ");
    console.log(`Deleted ${count} ${count === 1 ? "run" : "runs"} that began before ${since} UTC`);
  },
});

function keepCount(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new LajuError(`--keep ${text} is not a whole number`, {
    code: "E_USAGE",
    exitStatus: 2,
    hint: "node laju runs:prune --help shows how it is used.",
  });
}
