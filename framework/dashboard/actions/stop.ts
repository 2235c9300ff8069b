import type { Run } from "../../runs/ledger/run";
import { stopCommand, stopRun } from "../../runs/supervision/stopRun";
import type { Action } from "./action";
import { commandIn, commandPlace, nothingToDo, runIn } from "./subjects";

/**
 * Stops one run, or every run of a command. A run's page passes the run's id. By the time someone confirms, that run
 * may have ended and the command's next run may have begun, which must not be stopped instead.
 */
export const stop: Action = {
  ask(about) {
    const { name, run } = subjectIn(about);
    const what =
      run === undefined
        ? "All runs of this command on this host, and every process they started, are asked to stop"
        : "This run and every process it started are asked to stop";
    return {
      title: `Stop ${run === undefined ? name : `${name}, run ${run.id}`}?`,
      text: `${what}, and are killed after six seconds. A pending retry is canceled.`,
      button: "Stop it",
      isDanger: true,
      back: run === undefined ? commandPlace(name) : `runs/${run.id}`,
    };
  },
  async perform(about) {
    const { name, run } = subjectIn(about);
    const stopped = run === undefined ? await stopCommand(name) : await stopRun(run);
    if (stopped.length === 0) {
      throw nothingToDo(`${run === undefined ? name : `run ${run.id} of ${name}`} is not running here`);
    }
    const endings = stopped.map(({ run, ending }) => `run ${run.id} ${endingWords[ending]}`).join(", ");
    return { message: `${name}: ${endings}.`, subject: name, details: endings, to: commandPlace(name) };
  },
};

function subjectIn(about: URLSearchParams): { name: string; run?: Run } {
  if (!about.has("run")) return { name: commandIn(about).name };
  const run = runIn(about);
  // Accept failed runs, because they may be waiting for a retry.
  if (run.state === "succeeded" || run.state === "skipped") {
    throw nothingToDo(`run ${run.id} of ${run.name} has already ended`);
  }
  return { name: run.name, run };
}

const endingWords = {
  ended: "ended",
  killed: "was killed",
  gone: "had already ended",
  retries: "will not be retried",
};
