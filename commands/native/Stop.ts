import { hostname } from "node:os";
import { findCommand, readCatalog } from "../../app/console/catalog";
import { terminalFor } from "../../app/console/terminal";
import { verb } from "../../app/console/verb";
import { LajuError } from "../../app/errors";
import { listRuns } from "../../app/runs/ledger";
import type { Run } from "../../app/runs/run";
import { stopRun } from "../../app/runs/stopRun";

export default verb({
  options: {},
  words: { least: 1, most: 1 },
  details: `Asks every run of the command on this host to end (SIGTERM, which aborts its signal), and kills what is left
after six seconds, with all that it started.`,
  async run({ args: [typed] }) {
    const runs = runningHere(typed as string);
    const { paint, symbols } = terminalFor(1);
    for (const run of runs) {
      const ending = await stopRun(run);
      const how = ending === "killed" ? "killed with SIGKILL" : "ended";
      console.log(`${paint("green", symbols.done)} ${run.name} ${how} (run ${run.id}, pid ${run.pid})`);
    }
  },
});

function runningHere(typed: string): Run[] {
  const running = listRuns({ limit: 1000 }).filter(({ state }) => state === "running");
  const name = running.some((run) => run.name === typed)
    ? typed
    : findCommand(typed, readCatalog().commands).name;
  const own = running.filter((run) => run.name === name);
  const here = own.filter((run) => run.host === hostname());
  if (here.length > 0) return here;
  const [elsewhere] = own;
  throw new LajuError(`${name} is not running${elsewhere ? ` here, but on ${elsewhere.host}` : ""}`, {
    code: "E_NOT_RUNNING",
    hint: "node laju runs shows what ran, and how it ended.",
  });
}
