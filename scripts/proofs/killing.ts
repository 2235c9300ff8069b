import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Run } from "../../framework/runs/ledger/run";
import { withLedger } from "../../test/support/ledger";

/** The commands to kill: a plain one, one with a watchdog thread, and one that fails and is retried. */
export const killedCommands = {
  "commands/Plain.ts": killed(""),
  "commands/Limited.ts": killed('timeout: "1m",'),
  "commands/Retrying.ts": killed('retries: 3, retryDelay: "5ms",', 'throw new Error("again");'),
};

const names = ["Plain", "Limited", "Retrying"];

function killed(meta: string, end = "") {
  return `import { command } from "../app/console/command";
import { logInfo } from "../app/services/Logger";
export default command({ schedule: "* * * * *", ${meta} async run() {
  for (let line = 0; line < 20; line++) {
    logInfo("Working", { line });
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  ${end}
} });
`;
}

export interface Killed {
  kills: number;
  /** How many of the starts right after a kill were skipped or not recorded. */
  refused: number;
  states: Record<string, number>;
  integrity: string;
}

/**
 * Kills commands with SIGKILL at random moments, from the first millisecond to their end. After each `every`th kill,
 * starts the same command again at once. `laju` runs a verb in the app.
 */
export async function killAtRandom(
  { root, laju }: { root: string; laju(args: string[]): string | Promise<string> },
  { kills, every, random }: { kills: number; every: number; random(): number },
): Promise<Killed> {
  let refused = 0;
  const longest = await lifetime(root);
  for (let kill = 1; kill <= kills; kill++) {
    const name = names[kill % names.length] as string;
    const child = start(root, name);
    const exit = once(child, "exit");
    await sleep(random() * longest * 1.2);
    child.kill("SIGKILL");
    await exit;
    // A retry is a separate process. It survives the kill, finishes the run and holds the command's lock until then.
    await groupEnded(child.pid as number);
    if (kill % every === 0 && !(await runsAtOnce(root, name))) refused++;
  }
  const runs: Run[] = JSON.parse(await laju(["runs", "--json", "--limit", "100000"]));
  const states: Record<string, number> = {};
  for (const { state } of runs) states[state] = (states[state] ?? 0) + 1;
  const integrity = withLedger(join(root, "data"), (ledger) =>
    String(ledger.pragma("integrity_check", { simple: true })),
  );
  return { kills, refused, states, integrity };
}

/** How long a run takes on this machine if nothing kills it, in milliseconds. */
async function lifetime(root: string): Promise<number> {
  const startedAt = Date.now();
  await once(start(root, "Plain"), "exit");
  return Date.now() - startedAt;
}

/** Waits until a process group has no processes left. */
async function groupEnded(group: number): Promise<void> {
  for (let waited = 0; waited < 30_000; waited += 5) {
    try {
      process.kill(-group, 0);
    } catch {
      return;
    }
    await sleep(5);
  }
  throw new Error(`Process group ${group} is still running after 30 s`);
}

/** Whether a start ran and was recorded. (The last attempt of the retried command fails on purpose.) */
async function runsAtOnce(root: string, name: string): Promise<boolean> {
  const child = start(root, name);
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text) => (said += text));
  await once(child, "close");
  return ![`skipped ${name}:`, "not recorded", "without its lock"].some((words) => said.includes(words));
}

function start(root: string, name: string) {
  return spawn(process.execPath, [`commands/${name}.js`], {
    cwd: join(root, "build"),
    stdio: ["ignore", "ignore", "pipe"],
    detached: true, // In its own process group, whose last process ends when the run is over.
  });
}
