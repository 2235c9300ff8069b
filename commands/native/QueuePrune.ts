import { verb } from "../../framework/cli/verb";
import { settings } from "../../framework/config/config";
import { parseDuration } from "../../framework/config/duration";
import { jsonText } from "../../framework/text/jsonText";
import { withQueue } from "../../framework/views/queue/openQueue";

/** How many jobs to delete at a time: one large deletion would block all other processes. */
const step = 500;

export default verb({
  examples: [["queue:prune --older-than 7d", "Keep finished jobs for a week"]],
  options: {
    "older-than": {
      type: "string",
      value: "age",
      description:
        "Delete jobs that ended longer ago than this, such as 7d (default: QUEUE_KEEP_DAYS, 30 days)",
    },
    json: { type: "boolean", description: "Print the number of deleted jobs as JSON" },
  },
  details: `Deletes finished jobs (completed, failed, canceled) in small steps. Completed jobs with a removeDelay are deleted when
the delay has passed, and not before. Workers do the same by themselves. --older-than 0s deletes all other finished jobs.`,
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
