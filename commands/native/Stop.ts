import { hostname } from "node:os";
import { findCommand, readCatalog } from "../../framework/catalog/catalog";
import { terminalFor } from "../../framework/cli/terminal";
import { verb } from "../../framework/cli/verb";
import { LajuError } from "../../framework/config/errors";
import { runningRuns } from "../../framework/runs/history/lastRun";
import { markLostRuns } from "../../framework/runs/history/lostRuns";
import { stopCommand } from "../../framework/runs/supervision/stopRun";

export default verb({
  examples: [["stop SyncExternalData", "End its run now"]],
  options: {},
  words: { least: 1, most: 1 },
  details: `Asks every run of the command on this host to end (SIGTERM, which aborts the run's signal). After six seconds, kills
the runs that are left, and everything they started. Also cancels pending retries.`,
  async run({ args: [typed] }) {
    const name = nameOf(typed as string);
    const stopped = await stopCommand(name);
    if (stopped.length === 0) throw notRunning(name);
    const { paint, symbols } = terminalFor(1);
    for (const { run, ending } of stopped) {
      console.log(`${paint("green", symbols.done)} ${endings[ending](name)} (run ${run.id}, pid ${run.pid})`);
    }
  },
});

const endings = {
  ended: (name: string) => `${name} ended`,
  killed: (name: string) => `${name} killed with SIGKILL`,
  gone: (name: string) => `${name} had already ended`,
  retries: (name: string) => `Canceled ${name}'s pending retry`,
};

/** The command's name. A command that is still running may no longer be in the build. */
function nameOf(typed: string): string {
  markLostRuns();
  if (runningRuns().some(({ name }) => name === typed)) return typed;
  return findCommand(typed, readCatalog().commands).name;
}

function notRunning(name: string): LajuError {
  const elsewhere = runningRuns().find((run) => run.name === name);
  const place =
    elsewhere?.host === hostname()
      ? "in another container, or hidden from this user"
      : `on ${elsewhere?.host}`;
  return new LajuError(`${name} is not running${elsewhere ? ` here, but ${place}` : ""}`, {
    code: "E_NOT_RUNNING",
    hint: "node laju runs shows what ran and how it ended.",
  });
}
