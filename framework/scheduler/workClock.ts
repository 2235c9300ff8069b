/** The time, and being called when it has come. */
export interface WorkClock {
  now(): number;
  /** Calls once, at that time or a little later; returns how to call it off. */
  wakeAt(time: number, call: () => void): () => void;
}

/** The host's clock. A timer stands still while the host sleeps, so whoever waits long wakes now and then. */
export const hostWorkClock: WorkClock = {
  now: Date.now,
  wakeAt(time, call) {
    const timer = setTimeout(call, Math.max(1, time - Date.now()));
    return () => clearTimeout(timer);
  },
};
