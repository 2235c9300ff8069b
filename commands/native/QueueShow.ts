import { terminalFor } from "../../framework/cli/terminal";
import { verb } from "../../framework/cli/verb";
import { jsonText } from "../../framework/text/jsonText";
import { findJob, jobId } from "../../framework/views/queue/chosenJobs";
import { jobDetails } from "../../framework/views/queue/jobDetails";
import { withQueue } from "../../framework/views/queue/openQueue";

export default verb({
  examples: [["queue:show 42", "Show a job's data, attempts, result or error"]],
  options: { json: { type: "boolean", description: "Print the job as JSON" } },
  words: { least: 1, most: 1 },
  async run({ args: [typed], options }) {
    const id = jobId(typed as string);
    const job = await withQueue((engine) => findJob(engine, id));
    console.log(options.json ? jsonText(job) : jobDetails(job, terminalFor(1)));
  },
});
