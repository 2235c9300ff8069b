import { jsonText } from "../../app/console/jsonText";
import { findJob, jobId } from "../../app/console/queue/chosenJobs";
import { jobDetails } from "../../app/console/queue/jobDetails";
import { withQueue } from "../../app/console/queue/openQueue";
import { terminalFor } from "../../app/console/terminal";
import { verb } from "../../app/console/verb";

export default verb({
  options: { json: { type: "boolean", description: "Print it as JSON" } },
  words: { least: 1, most: 1 },
  async run({ args: [typed], options }) {
    const id = jobId(typed as string);
    const job = await withQueue((engine) => findJob(engine, id));
    console.log(options.json ? jsonText(job) : jobDetails(job, terminalFor(1)));
  },
});
