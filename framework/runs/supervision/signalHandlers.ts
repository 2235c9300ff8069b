const signals = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

/**
 * Restores default signal handling while `work` blocks the event loop for a long time. Signal handlers, such as those
 * of a preloaded monitoring module, could not run during that time, so the process would ignore signals.
 */
export function withoutSignalHandlers<T>(work: () => T): T {
  const listeners = signals.map((signal) => process.rawListeners(signal) as NodeJS.SignalsListener[]);
  for (const signal of signals) process.removeAllListeners(signal);
  try {
    return work();
  } finally {
    for (const [index, signal] of signals.entries()) {
      for (const listener of listeners[index] ?? []) process.on(signal, listener);
    }
  }
}
