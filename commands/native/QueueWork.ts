import { verb } from "../../framework/cli/verb";
import { startCommand } from "../../framework/scheduler/startCommand";

export default verb({
  options: {
    concurrency: { type: "string", description: "How many jobs run at one time (default 10)" },
    types: { type: "string", description: "Only these, separated by commas" },
    once: { type: "boolean", description: "End when nothing is due any more" },
    patience: {
      type: "string",
      description: "How long running jobs may take to end when stopped (default 25s)",
    },
  },
  details: `Starts the built command Worker, here in the foreground. Under pm2 or systemd start the command itself:
pm2 start build/commands/Worker.js -i 4 --kill-timeout 30000
Under pm2 jobs have pm2's kill_timeout less 0.4s.

SIGTERM or SIGINT: nothing more is begun, and what runs is waited for. A second signal aborts it; the jobs go
back into the queue.`,
  async run({ options }) {
    const { status } = await startCommand("Worker", argumentsOf(options));
    return status;
  },
});

function argumentsOf({ once, ...texts }: Record<string, string | boolean | undefined>): string[] {
  const given = Object.entries(texts).filter(([, value]) => value !== undefined);
  return [...given.flatMap(([name, value]) => [`--${name}`, String(value)]), ...(once ? ["--once"] : [])];
}
