import type { MessagePort } from "node:worker_threads";
import { isThread } from "../../process/thisProcess";

/** A part's connection to the run that started it: the IPC channel of a process or the port of a thread. */
export interface PartPort {
  /** Whether the part has sent a message or is listening for one. */
  isInUse(): boolean;
  isListening(): boolean;
}

let port: PartPort | undefined;

/** Starts watching this process's port. */
export function watchPort(): PartPort {
  port ??= isThread() ? watchThread() : watchChild();
  return port;
}

function watchThread(): PartPort {
  const { parentPort } = process.getBuiltinModule("node:worker_threads");
  const hasSent = noteSends(parentPort as MessagePort, "postMessage");
  const isListening = () => (parentPort?.listenerCount("message") ?? 0) > 0;
  return { isInUse: () => hasSent() || isListening(), isListening };
}

function watchChild(): PartPort {
  // In a node:cluster worker, node:cluster itself listens too.
  const own = process.listenerCount("message");
  const hasSent = noteSends(process as Required<Pick<NodeJS.Process, "send">>, "send");
  const { worker } = process.getBuiltinModule("node:cluster") as { worker?: NodeJS.EventEmitter };
  const isListening = () =>
    process.listenerCount("message") > own || (worker?.listenerCount("message") ?? 0) > 0;
  return { isInUse: () => hasSent() || isListening(), isListening };
}

function noteSends<Name extends string>(target: Record<Name, (...args: never[]) => unknown>, name: Name) {
  const send = target[name];
  let hasSent = false;
  target[name] = (...args) => {
    hasSent = true;
    return send.apply(target, args);
  };
  return () => hasSent;
}
