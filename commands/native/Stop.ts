import { hostname } from "node:os";
import { findCommand, readCatalog } from "../../app/console/catalog";
import { terminalFor } from "../../app/console/terminal";
import { verb } from "../../app/console/verb";
import { LajuError } from "../../app/errors";
import { runningRuns } from "../../app/runs/lastRun";
import { markLostRuns } from "../../app/runs/lostRuns";
import { stopCommand } from "../../app/runs/stopRun";

export default verb({
  options: {},
  words: { least: 1, most: 1 },
  details: `Asks every run of the command on this host to end (SIGTERM, which aborts its signal), and kills what is left
after six seconds, with all that it started. A run that waits to be tried again is ended too.`,
  async run({ args: [typed] }) {
    const name = nameOf(typed as string);
    const stopped = await stopCommand(name);
    if (stopped.length === 0) throw notRunning(name);
    const { paint, symbols } = terminalFor(1);
    for (const { run, ending } of stopped) {
      console.log(
        `${paint("green", symbols.done)} ${name} ${endings[ending]} (run ${run.id}, pid ${run.pid})`,
      );
    }
  },
});

const endings = {
  ended: "ended",
  killed: "killed with SIGKILL",
  gone: "had just ended",
  retries: "is not tried again",
};

/** What runs may come from a build that had the command still. */
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
    hint: "node laju runs shows what ran, and how it ended.",
  });
}
