import { createInterface } from "node:readline";
import type { NewJob } from "../../../framework/queue/engine";
import { queueEngine } from "../../../framework/queue/engines/select";
import { newJob } from "../../../framework/queue/newJob";
import { chosen, seeded } from "../../seeded";
import { append } from "./checks/trace";
import { pause } from "./clock";
import { type KindName, kindNames, kindOf, type Load, type PushOrder } from "./kinds";
import { poisonData, poisonErrors, poisonProgress, poisonResults } from "./poison";

// A producer, which pushes jobs until SIGTERM. Records each push before and after it. Orders arrive on standard input.

const { name, seed, everyMs, trace } = JSON.parse(process.argv[2] as string);
const random = seeded(seed);
const maxWaiting = 150;
/** The priority of jobs that go before all others. */
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
  // Several at once, as in a web process, so that they share statements.
  const pushes = Array.from({ length: 1 + Math.floor(random() * 3) }, (_, at) =>
    push(`${name}.${process.pid}-${count}.${at}`),
  );
  await Promise.all(pushes);
  if (count % 50 === 49) await untilFew();
  if (random() < 0.02) await reviveFailed();
  // Workers claim many short jobs at a time, and return those that wait behind long ones.
  if (random() < 0.02) await pushSome(count, { Quick: 40, Long: 6, Slow: 6 });
  await pause(everyMs * 2 * random());
}
process.exit(0);

/** Waits while there are many jobs, because a slow machine would push more than it processes and test only a backlog. */
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

/** Retries jobs as `laju queue:retry` does, while others with the same `unique` may be unfinished. */
async function reviveFailed(): Promise<void> {
  try {
    const failed = await engine.list({ states: ["failed"], types: ["Revived"], limit: 3 });
    await engine.retry(failed.map(({ id }) => id));
  } catch {
    // The store is down, so it has not promised anything.
  }
}
