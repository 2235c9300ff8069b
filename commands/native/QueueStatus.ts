import { jsonText } from "../../app/console/jsonText";
import { withQueue } from "../../app/console/queue/openQueue";
import { readQueueState } from "../../app/console/queue/queueState";
import { queueText } from "../../app/console/queue/queueText";
import { terminalFor } from "../../app/console/terminal";
import { verb } from "../../app/console/verb";

export default verb({
  options: { json: { type: "boolean", description: "Print it as JSON" } },
  details: `How many jobs of each type wait for their time (scheduled), are due (ready), wait
for a worker that takes their type (parked), run (leased) or have ended, and the
workers. In JSON, and in the table jobs, ready is "pending" and leased is "processing".`,
  async run({ options }) {
    const state = await withQueue(readQueueState);
    console.log(options.json ? jsonText(state) : queueText(state, Date.now(), terminalFor(1)));
  },
});
