import { command } from "../app/console/command";
import { jobNotices } from "../app/console/jobNotices";
import { summaryText, workQueue } from "../app/services/QueueWorker";

export default command({
  description: "Process queued jobs until stopped",
  overlap: "allow",
  timeout: false,
  tags: ["queue"],
  options: {
    concurrency: { type: "string", default: "10", description: "How many jobs run at once" },
    types: { type: "string", description: "Only jobs of these types, separated by commas" },
    once: { type: "boolean", default: false, description: "Exit when no job is due" },
    patience: {
      type: "string",
      description:
        "How long running jobs may take to finish after a stop (25s; under pm2: kill_timeout minus 0.4s)",
    },
  },

  async run({ options }) {
    return summaryText(await workQueue(options, jobNotices()));
  },
});
