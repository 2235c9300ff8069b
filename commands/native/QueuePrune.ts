import { verb } from "../../framework/cli/verb";
import { settings } from "../../framework/config/config";
import { parseDuration } from "../../framework/config/duration";
import { jsonText } from "../../framework/text/jsonText";
import { withQueue } from "../../framework/views/queue/openQueue";

/** A large deletion would keep the database from everybody else. */
const step = 500;

export default verb({
  options: {
    "older-than": {
      type: "string",
      description: "Ended so long ago, such as 7d (default: QUEUE_KEEP_DAYS, 30 days)",
    },
    json: { type: "boolean", description: "Print how many as JSON" },
  },
  details: `Deletes finished jobs (completed, failed, cancelled) in small steps. Completed jobs with a removeDelay go when that
has passed, and not before. Workers do the same by themselves. --older-than 0s deletes all others.`,
  async run({ options }) {
    const age = options["older-than"];
    const keepMs = age === undefined ? settings().queueKeepDays * 86_400_000 : parseDuration(age);
    const deleted = await withQueue(async (engine) => {
      let total = 0;
      for (let count = -1; count !== 0; total += count) count = await engine.prune(keepMs, step);
      return total;
    });
    const since = new Date(Date.now() - keepMs).toISOString().slice(0, 16).replace("T", " ");
    const count = deleted === 1 ? "1 job" : `${deleted} jobs`;
    const text = `Deleted ${count} that ended before ${since} UTC, or whose removeDelay has passed`;
    console.log(options.json ? jsonText({ deleted }, { indent: 0 }) : text);
  },
});
