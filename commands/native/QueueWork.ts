import { verb } from "../../framework/cli/verb";
import { startCommand } from "../../framework/scheduler/startCommand";

export default verb({
  examples: [
    ["queue:work --concurrency 20", "Up to twenty jobs at a time"],
    ["queue:work --once", "Until nothing is ready, then exit"],
  ],
  options: {
    concurrency: { type: "string", value: "number", description: "How many jobs run at a time (default 10)" },
    types: { type: "string", value: "types", description: "Only jobs of these types, separated by commas" },
    once: { type: "boolean", description: "Exit when no job is due" },
    patience: {
      type: "string",
      value: "duration",
      description: "How long running jobs may take to finish after a stop (default 25s)",
    },
  },
  details: `Runs the built command Worker in the foreground. Under pm2 or systemd, start the command itself:
pm2 start build/commands/Worker.js -i 4 --kill-timeout 30000
Under pm2, running jobs have pm2's kill_timeout minus 0.4s to finish.

On SIGTERM or SIGINT, the worker starts no new jobs and waits for running ones. A second signal aborts them and
returns them to the queue.`,
  async run({ options }) {
    const { status } = await startCommand("Worker", argumentsOf(options));
    return status;
  },
});

function argumentsOf({ once, ...texts }: Record<string, string | boolean | undefined>): string[] {
  const given = Object.entries(texts).filter(([, value]) => value !== undefined);
  return [...given.flatMap(([name, value]) => [`--${name}`, String(value)]), ...(once ? ["--once"] : [])];
}
