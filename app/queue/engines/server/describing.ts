import type { QueueEngine } from "../../engine";
import { described } from "./errors";

/** What asks through Knex, and not through a connection that describes its errors itself. */
const asking = [
  ...(["register", "heartbeat", "unregister", "holders", "takeOver", "counts", "list", "find"] as const),
  ...(["retry", "cancel", "pause", "resume", "paused", "prune"] as const),
];

/** The same engine, whose errors say what to do where the queue's tables are not there. */
export function describing(engine: QueueEngine): QueueEngine {
  const methods = engine as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
  const told = asking.map((name) => [name, describingOne(methods[name] as never)]);
  return { ...engine, ...Object.fromEntries(told) };
}

function describingOne(method: (...args: unknown[]) => Promise<unknown>) {
  return async (...args: unknown[]) => {
    try {
      return await method(...args);
    } catch (error) {
      throw described(error);
    }
  };
}
