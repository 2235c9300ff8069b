const signals = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

/**
 * Does something that blocks the event loop for long, while these signals end the process as they do by themselves.
 * A handler that a preloaded module has (one that reports to a monitoring service, say) would be called only after it.
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
