import { verb } from "../../framework/cli/verb";
import { jsonText } from "../../framework/text/jsonText";
import { chosenJobs, refuseUnchanged } from "../../framework/views/queue/chosenJobs";
import { doneLine } from "../../framework/views/queue/doneLine";
import { withQueue } from "../../framework/views/queue/openQueue";

export default verb({
  examples: [["queue:cancel 42", "Cancel a waiting job, or ask the worker to stop a running one"]],
  options: { json: { type: "boolean", description: "Print the ids as JSON" } },
  words: { least: 1, most: Number.POSITIVE_INFINITY },
  details: `Waiting jobs never start. A running job's signal is aborted within a second or two, and whatever it does or returns
after that is ignored. Canceling a job that repeats on a schedule also ends the repetition.`,
  async run({ args, options }) {
    await withQueue(async (engine) => {
      const jobs = await chosenJobs(engine, args);
      const done = await engine.cancel(jobs.map(({ id }) => id));
      console.log(options.json ? jsonText(done, { indent: 0 }) : doneLine("Canceled", done));
      refuseUnchanged(jobs, done, "Only unfinished jobs can be canceled.");
    });
  },
});
