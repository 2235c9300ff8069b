import { verb } from "../../framework/cli/verb";
import type { QueueEngine } from "../../framework/queue/engine";
import { jsonText } from "../../framework/text/jsonText";
import { chosenJobs, refuseUnchanged } from "../../framework/views/queue/chosenJobs";
import { doneLine } from "../../framework/views/queue/doneLine";
import { withQueue } from "../../framework/views/queue/openQueue";

export default verb({
  examples: [
    ["queue:retry 42 43", "Two jobs"],
    ["queue:retry all", "Every failed job"],
  ],
  options: { json: { type: "boolean", description: "Print the ids as JSON" } },
  words: { least: 1, most: Number.POSITIVE_INFINITY },
  details:
    'Queues failed and canceled jobs again, with all their attempts. "all" stands for every failed job.',
  async run({ args, options }) {
    await withQueue(async (engine) => {
      const isAll = args.length === 1 && args[0] === "all";
      const jobs = isAll ? [] : await chosenJobs(engine, args);
      const done = await engine.retry(isAll ? "failed" : jobs.map(({ id }) => id));
      console.log(options.json ? jsonText(done, { indent: 0 }) : doneLine("Queued again", done));
      const rule =
        "Only failed and canceled jobs can be retried, and only while no unfinished job has their unique key.";
      refuseUnchanged(jobs, done, rule);
      if (isAll) await reportStillFailed(engine);
    });
  },
});

async function reportStillFailed(engine: QueueEngine): Promise<void> {
  const { failed } = (await engine.counts()).byState;
  if (failed > 0) console.error(`Not retried: ${failed}, because an unfinished job has their unique key.`);
}
