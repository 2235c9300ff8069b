import { hostname } from "node:os";
import { lifeOf } from "../../framework/process/thisProcess";
import { isDead } from "../../framework/queue/worker/liveness";

// A program that reports whether other processes look alive to it. It reads [pid, identity] pairs, and prints the
// results of lifeOf() and isDead() for each.

for (const [pid, identity] of JSON.parse(process.argv[2] as string)) {
  const lease = { until: 0, isSilent: false, isOver: false };
  const holder = { id: "w", host: hostname(), pid, identity, concurrency: 1, startedAt: 0, lease };
  process.stdout.write(`${lifeOf(pid, identity)} ${isDead(holder)}\n`);
}
