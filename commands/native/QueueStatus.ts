import { terminalFor } from "../../framework/cli/terminal";
import { verb } from "../../framework/cli/verb";
import { jsonText } from "../../framework/text/jsonText";
import { withQueue } from "../../framework/views/queue/openQueue";
import { readQueueState } from "../../framework/views/queue/queueState";
import { queueText } from "../../framework/views/queue/queueText";

export default verb({
  examples: [["queue:status", "Show the jobs by type, and the workers"]],
  options: { json: { type: "boolean", description: "Print the counts and the workers as JSON" } },
  details: `Shows how many jobs of each type wait for their time (scheduled), are due (ready),
wait for a worker that handles their type (parked), are running (leased) or have
ended, and lists the workers. In JSON and in the jobs table, ready is "pending" and
leased is "processing".`,
  async run({ options }) {
    const state = await withQueue(readQueueState);
    console.log(options.json ? jsonText(state) : queueText(state, Date.now(), terminalFor(1)));
  },
});
