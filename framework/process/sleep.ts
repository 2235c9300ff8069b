let sleeper: Int32Array<SharedArrayBuffer> | undefined;

/** Blocks this thread, for code during which nothing else may run. */
export function sleepSync(ms: number): void {
  sleeper ??= new Int32Array(new SharedArrayBuffer(4));
  Atomics.wait(sleeper, 0, 0, ms);
}
