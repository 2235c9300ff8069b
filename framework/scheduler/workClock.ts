/** A clock that can also wake the scheduler at a given time. */
export interface WorkClock {
  now(): number;
  /** Calls `call` once, at that time or slightly later. Returns a function that cancels the call. */
  wakeAt(time: number, call: () => void): () => void;
}

/** The host's clock. Timers pause while the host sleeps, so a caller with a long wait must wake up regularly. */
export const hostWorkClock: WorkClock = {
  now: Date.now,
  wakeAt(time, call) {
    const timer = setTimeout(call, Math.max(1, time - Date.now()));
    return () => clearTimeout(timer);
  },
};
