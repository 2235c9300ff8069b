let sleeper: Int32Array<SharedArrayBuffer> | undefined;

/** Blocks this thread. For code that must not yield to the event loop. */
export function sleepSync(ms: number): void {
  sleeper ??= new Int32Array(new SharedArrayBuffer(4));
  Atomics.wait(sleeper, 0, 0, ms);
}
