import { setTimeout as sleep } from "node:timers/promises";
import { LajuError } from "../config/errors";

/** How long a run may continue after its test has ended, in milliseconds. */
const patience = 1_000;

/** A call of testCommand or testJob whose run has not ended. */
interface OpenRun {
  /**
   * The error to report. It is created by the call of testCommand or testJob, so that its stack contains that line of
   * the test.
   */
  error: LajuError;
  abandon: AbortController;
  ended: Promise<unknown>;
}

const open = new Set<OpenRun>();

/**
 * Runs `work`, and makes the test fail if the test ends before `work` does. `call` describes the call in the test, such
 * as testCommand(Remind). The signal is aborted when the test has ended.
 */
export async function inOneTest<T>(call: string, work: (abandoned: AbortSignal) => Promise<T>): Promise<T> {
  const error = new LajuError(`${call} was still running when its test ended`, {
    code: "E_TEST_OPEN",
    hint: 'Await it. If it doesn\'t end, limit it: { timeout: "5s" }, or { options: { once: true } } for a worker.',
  });
  const abandon = new AbortController();
  const ended = work(abandon.signal);
  const run = { error, abandon, ended };
  open.add(run);
  try {
    return await ended;
  } finally {
    open.delete(run);
  }
}

/**
 * Throws if a run has not ended with its test. The run must not continue into the next test, whose clock, fetch and
 * database it would use.
 */
export async function refuseOpenRuns(): Promise<void> {
  const [first, ...others] = open;
  if (first === undefined) return;
  const ended = Promise.allSettled([first, ...others].map((run) => run.ended));
  await Promise.race([ended, sleep(patience)]);
  for (const run of open) run.abandon.abort();
  await ended;
  throw first.error;
}
