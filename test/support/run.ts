import type { Run } from "../../framework/runs/ledger/run";

/** A successful run as the ledger returns it. A test can replace some of its fields. */
export function someRun(more: Partial<Run> = {}): Run {
  return {
    id: 7,
    key: "k",
    name: "Digest",
    host: "web-1",
    pid: 1,
    startedAt: 0,
    finishedAt: 1,
    durationMs: 1,
    state: "succeeded",
    exitStatus: 0,
    message: null,
    error: null,
    processed: null,
    failed: null,
    loggedError: null,
    lostOutput: null,
    cpuMs: null,
    peakMemory: null,
    attempt: 1,
    retryOf: null,
    args: [],
    log: null,
    ...more,
  };
}
