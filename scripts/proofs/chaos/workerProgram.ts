import { workUntilStopped } from "../../../framework/queue/worker/work";
import { handlersOf } from "./handlers";

// A worker, started with its options as JSON: `node workerProgram.mjs
// '{"set":"new","trace":"…","leaseMs":4000,"concurrency":8}'`.

const { set, trace, leaseMs, concurrency } = JSON.parse(process.argv[2] as string);
const options = { concurrency, types: undefined, once: false, patienceMs: 1500, leaseMs };
await workUntilStopped(options, handlersOf(set, trace));
process.exit(0);
