import { markPart } from "../../config/launch";
import { isThread } from "../../process/thisProcess";
import { setRunId } from "../../services/Logger";
import { idOfRun } from "../history/findRuns";
import type { RunMark } from "../nesting/nesting";
import { watchPort } from "../nesting/partPort";
import type { ActiveRun } from "./supervise";

const signals = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

/** How long a part that listens to its signal may take to exit after it was aborted, in milliseconds. */
const graceMs = 5_000;

/**
 * Called in a process or thread that a run has started from its own file to do part of its work. The part shares the
 * run's lock, time limit and log key. Otherwise it behaves like any Node program: its end isn't recorded, and signals
 * terminate it as usual.
 */
export function partOfRun({ key, startedAt }: RunMark): ActiveRun {
  setRunId(key);
  // Don't mark a thread, because it may share the environment of the run's own process.
  if (!isThread()) markPart();
  let controller: AbortController | undefined;
  return {
    port: watchPort(),
    get id() {
      return key === undefined ? null : (idOfRun(key) ?? null);
    },
    startedAt,
    due: null,
    awaitsClaim: false,
    confirm() {},
    skip: () => process.exit(0),
    signal() {
      controller ??= abortedBySignals();
      return controller.signal;
    },
    noteResult() {},
    noteError() {},
    exit: (status) => process.exit(status),
  };
}

function abortedBySignals(): AbortController {
  const controller = new AbortController();
  for (const signal of signals) {
    process.on(signal, () => {
      setTimeout(() => process.exit(1), graceMs).unref();
      process.exitCode = 1;
      controller.abort(new Error(`ended by ${signal}`));
    });
  }
  return controller;
}
