import { createInterface } from "node:readline";
import type { NewJob } from "../../../framework/queue/engine";
import { queueEngine } from "../../../framework/queue/engines/select";
import { newJob } from "../../../framework/queue/newJob";
import { chosen, seeded } from "../../seeded";
import { append } from "./checks/trace";
import { pause } from "./clock";
import { type KindName, kindNames, kindOf, type Load, type PushOrder } from "./kinds";
import { poisonData, poisonErrors, poisonProgress, poisonResults } from "./poison";

// A producer: pushes jobs until SIGTERM, and writes to the trace before and after each push. It reads orders to push
// certain jobs from standard input.

const { name, seed, everyMs, trace } = JSON.parse(process.argv[2] as string);
const random = seeded(seed);
const maxWaiting = 150;
/** The priority of jobs that workers should claim first. */
const urgent = 10;
const weights = kindNames.map((kind) => [kind, kindOf(kind).weight] as const);
let orders = 0;
let isOver = false;
process.on("SIGTERM", () => {
  isOver = true;
});
const engine = await queueEngine();
createInterface({ input: process.stdin }).on("line", (order) => {
  void pushSome(`order${++orders}`, JSON.parse(order), urgent);
});
for (let count = 0; !isOver; count++) {
  // Push several at once, as a web process does, so that they are inserted by shared statements.
  const pushes = Array.from({ length: 1 + Math.floor(random() * 3) }, (_, at) =>
    push(`${name}.${process.pid}-${count}.${at}`),
  );
  await Promise.all(pushes);
  if (count % 50 === 49) await untilFew();
  if (random() < 0.02) await reviveFailed();
  // Mix short jobs with long ones. A worker claims many short jobs at once, and returns those that would wait for long
  // ones.
  if (random() < 0.02) await pushSome(count, { Quick: 40, Long: 6, Slow: 6 });
  await pause(everyMs * 2 * random());
}
process.exit(0);

/**
 * Waits while the queue has many jobs. A slow machine would otherwise push more than it can process, and the test would
 * only cover a backlog.
 */
async function untilFew(): Promise<void> {
  for (;;) {
    const counts = await engine.counts().catch(() => undefined);
    if (isOver || counts === undefined || counts.byState.pending < maxWaiting) return;
    await pause(500);
  }
}

async function pushSome(word: number | string, numbers: PushOrder, priority = 0): Promise<void> {
  const kinds = Object.entries(numbers).flatMap(([kind, number]) => Array(number).fill(kind) as KindName[]);
  await Promise.all(
    kinds.map((kind, at) => push(`${name}.${process.pid}-${word}.${kind}${at}`, kind, priority)),
  );
}

async function push(n: string, kind = chosen(weights, random), priority = 0): Promise<void> {
  const load = loadOf(n, kind);
  const delay = kind === "Delayed" ? Math.round(500 + random() * 4000) : undefined;
  const unique = load.unique === undefined ? {} : { unique: load.unique };
  try {
    const job: NewJob = newJob(kind, load, { priority, ...(delay !== undefined && { delay }), ...unique });
    append(trace, {
      what: "pushing",
      n,
      kind,
      pid: process.pid,
      ...(delay !== undefined && { delay }),
      ...unique,
    });
    const [pushed] = await engine.push([job]);
    if (pushed !== undefined) append(trace, { what: "pushed", n, ...pushed });
  } catch (error) {
    append(trace, { what: "refused", n, error: String(error).slice(0, 200) });
    await pause(50);
  }
}

function loadOf(n: string, kind: KindName): Load {
  const [least, most] = kindOf(kind).ms;
  const load: Load = { n, ms: Math.round(least + random() * (most - least)) };
  if (kindOf(kind).isUnique) load.unique = `u${Math.floor(random() * 5)}`;
  const poisons = {
    BadError: poisonErrors,
    BadResult: poisonResults,
    BadProgress: poisonProgress,
    BadData: poisonData,
  };
  if (kind in poisons) {
    const names = Object.keys(poisons[kind as keyof typeof poisons]);
    load.poison = names[Math.floor(random() * names.length)] as string;
  }
  if (kind === "BadData") load.poisonData = poisonData[load.poison ?? ""];
  return load;
}

/** Retries failed jobs as `laju queue:retry` does, even while an unfinished job has the same `unique` key. */
async function reviveFailed(): Promise<void> {
  try {
    const failed = await engine.list({ states: ["failed"], types: ["Revived"], limit: 3 });
    await engine.retry(failed.map(({ id }) => id));
  } catch {
    // The store is down, so nothing was acknowledged.
  }
}
