/*
 * Measures how long it takes to parse an expression and to compute its next 1,000 times: `npx tsx
 * scripts/bench/schedule.ts`. If croner is installed (`npm install --prefix scripts/bench/schedule`), measures laju and
 * croner in turn, on the same expressions.
 */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { parseSchedule } from "../../framework/schedule/expression/expression";
import { nextFirings } from "../../framework/schedule/times/firings";

const expressions = [
  "* * * * *",
  "*/15 * * * *",
  "0 8 * * *",
  "30 2 * * 1-5",
  "0 9-17 * * 1-5",
  "0 0 1,15 * *",
  "0 0 1 * *",
  "15 4 */2 * *",
  "5 0 * 8 *",
];
const count = 1000;
const rounds = 30;
const from = new Date("2026-11-23T05:00:00Z");

type Contestant = (expression: string, timezone: string) => unknown;

interface CronerModule {
  Cron: new (expression: string, options: object) => { nextRuns(count: number, from: Date): Date[] };
}

const laju: Contestant = (expression, timezone) =>
  nextFirings(parseSchedule(expression), { from, timezone, count });

/**
 * Loads croner in the version that scripts/bench/schedule installs, not an older one that some dependency has
 * installed.
 */
function croner(): Contestant | undefined {
  const installed = join(import.meta.dirname, "schedule", "node_modules", "croner");
  if (!existsSync(installed)) return undefined;
  const { Cron } = createRequire(import.meta.url)(installed) as CronerModule;
  return (expression, timezone) =>
    new Cron(expression, { timezone, paused: true, mode: "5-part" }).nextRuns(count, from);
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

function measured(contestant: Contestant, expression: string, timezone: string): number {
  const start = performance.now();
  contestant(expression, timezone);
  return performance.now() - start;
}

function compare(timezone: string): void {
  const other = croner();
  console.log(`\n${timezone}: parse and next ${count}, median of ${rounds}, milliseconds`);
  for (const expression of expressions) {
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let round = 0; round < rounds; round++) {
      ours.push(measured(laju, expression, timezone));
      if (other && round < 5) theirs.push(measured(other, expression, timezone));
    }
    const rival = other ? `   croner ${median(theirs).toFixed(3).padStart(9)}` : "";
    console.log(`  ${expression.padEnd(16)} laju ${median(ours).toFixed(3).padStart(7)}${rival}`);
  }
}

for (const timezone of ["UTC", "Europe/Berlin"]) compare(timezone);
