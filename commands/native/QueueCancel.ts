import { jsonText } from "../../app/console/jsonText";
import { chosenJobs, untouched } from "../../app/console/queue/chosenJobs";
import { doneLine } from "../../app/console/queue/doneLine";
import { withQueue } from "../../app/console/queue/openQueue";
import { verb } from "../../app/console/verb";

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
