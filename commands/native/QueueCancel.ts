import { verb } from "../../framework/cli/verb";
import { jsonText } from "../../framework/text/jsonText";
import { chosenJobs, untouched } from "../../framework/views/queue/chosenJobs";
import { doneLine } from "../../framework/views/queue/doneLine";
import { withQueue } from "../../framework/views/queue/openQueue";

export default verb({
  options: { json: { type: "boolean", description: "Print the ids as JSON" } },
  words: { least: 1, most: Number.POSITIVE_INFINITY },
  details: `Jobs that wait never start. One that runs has its signal aborted within a second or two, and what it does or returns
after that counts for nothing. A cron job's next run is not queued any more.`,
  async run({ args, options }) {
    await withQueue(async (engine) => {
      const jobs = await chosenJobs(engine, args);
      const done = await engine.cancel(jobs.map(({ id }) => id));
      console.log(options.json ? jsonText(done, { indent: 0 }) : doneLine("Cancelled", done));
      untouched(jobs, done, "Only jobs that are not finished can be cancelled.");
    });
  },
});
