import { command } from "../app/console/command";
import { tellOfJobs } from "../app/console/tellOfJobs";
import { summaryText, workQueue } from "../app/services/QueueWorker";

export default command({
  description: "Work off queued jobs until stopped",
  overlap: "allow",
  timeout: false,
  tags: ["queue"],
  options: {
    concurrency: { type: "string", default: "10", description: "How many jobs run at one time" },
    types: { type: "string", description: "Only these, separated by commas" },
    once: { type: "boolean", default: false, description: "End when nothing is due any more" },
    patience: {
      type: "string",
      description: "How long running jobs may take to end when stopped (25s; pm2's kill_timeout less 0.4s)",
    },
  },

  async run({ options }) {
    return summaryText(await workQueue(options, tellOfJobs()));
  },
});
