import type { Redis } from "ioredis";
import { pushLua } from "./lua/add";
import { base } from "./lua/base";
import { cancelLua, pauseLua, replaceLua, retryFailedLua, retryLua } from "./lua/change";
import { claimLua } from "./lua/claim";
import { countsLua, findLua, listLua, pausedLua, pruneLua, typesLua } from "./lua/look";
import { oldestReadyLua, outcomesLua } from "./lua/outcomes";
import { parkLua, readyTypesLua, unparkLua } from "./lua/parking";
import { progressLua, releaseLua, settleLua } from "./lua/settle";
import { heartbeatLua, heldByLua, holdersLua, registerLua, takeOverLua, unregisterLua } from "./lua/workers";

/** Each script is one atomic operation on the server. */
const scripts = {
  push: pushLua,
  replace: replaceLua,
  claim: claimLua,
  settle: settleLua,
  progress: progressLua,
  release: releaseLua,
  readyTypes: readyTypesLua,
  park: parkLua,
  unpark: unparkLua,
  register: registerLua,
  heartbeat: heartbeatLua,
  unregister: unregisterLua,
  holders: holdersLua,
  heldBy: heldByLua,
  takeOver: takeOverLua,
  cancel: cancelLua,
  retry: retryLua,
  retryFailed: retryFailedLua,
  pause: pauseLua,
  paused: pausedLua,
  counts: countsLua,
  list: listLua,
  find: findLua,
  outcomes: outcomesLua,
  oldestReady: oldestReadyLua,
  prune: pruneLua,
  types: typesLua,
};

export type Argument = string | number;

/** A script's reply, as Redis returns it: strings and integers, possibly in nested lists. */
export type Reply = string | number | null | Reply[];

/** The scripts on one connection. A script is assembled on its first use. */
export class Scripts {
  readonly #defined = new Set<string>();

  constructor(
    readonly client: Redis,
    readonly prefix: string,
  ) {}

  /** Passes the arguments as one array, because a call with a hundred thousand arguments overflows V8's stack. */
  async run<T extends Reply>(name: keyof typeof scripts, words: readonly Argument[] = []): Promise<T> {
    const command = `laju:${name}`;
    if (!this.#defined.has(name)) {
      this.client.defineCommand(command, { numberOfKeys: 0, lua: base + scripts[name]() });
      this.#defined.add(name);
    }
    const call = Reflect.get(this.client, command) as (words: readonly Argument[]) => Promise<T>;
    return call.call(this.client, [this.prefix, ...words]);
  }
}
