/*
 * Kills runs with `kill -9` at random moments: `npx tsx scripts/proofs/kills.ts [KILLS]` (default 1000). Afterwards,
 * each run must have ended or be marked as lost, the ledger must be intact, and each new start must have been accepted.
 * Otherwise exits with 1.
 */
import { makeBenchApp } from "../bench/support/benchApp";
import { seeded } from "../seeded";
import { killAtRandom, killedCommands } from "./killing";

const kills = Number(process.argv[2] ?? 1000);

const app = makeBenchApp(killedCommands);
try {
  app.laju(["build"]);
  const startedAt = Date.now();
  const { refused, states, integrity } = await killAtRandom(app, { kills, every: 4, random: seeded(1) });
  const seconds = Math.round((Date.now() - startedAt) / 1000);
  const counts = Object.entries(states).map(([state, count]) => `${count} ${state}`);
  console.log(`${kills} kills in ${seconds} s: ${counts.join(", ")}`);
  console.log(`starts refused right after a kill: ${refused}; PRAGMA integrity_check: ${integrity}`);
  if (refused > 0 || integrity !== "ok" || states.running || states.skipped) process.exitCode = 1;
} finally {
  app.remove();
}
