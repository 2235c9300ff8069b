import { readFileSync } from "node:fs";
import type { Cost, Probe, Program } from "./probe";

/** A program's medians, and their ratios to bare starts of node in the same rounds. */
export interface Compared {
  wall: number;
  cpu: number;
  memory: number;
  wallRatio: number;
  cpuRatio: number;
}

/**
 * Measures programs in rounds. In each round, a bare start of node precedes every program, so that other load on the
 * machine affects both alike.
 */
export async function compare(
  probe: Probe,
  { bare, programs, rounds }: { bare: Program; programs: Map<string, Program>; rounds: number },
): Promise<Map<string, Compared>> {
  const costs = new Map(
    [...programs.keys()].map((name) => [name, { own: [] as Cost[], bare: [] as Cost[] }]),
  );
  for (const program of [bare, ...programs.values()]) await runOnce(probe, program);
  for (let round = 0; round < rounds; round++) {
    for (const [name, program] of programs) {
      const sample = costs.get(name);
      sample?.bare.push(await runOnce(probe, bare));
      sample?.own.push(await runOnce(probe, program));
    }
  }
  return new Map([...costs].map(([name, sample]) => [name, comparison(sample)]));
}

async function runOnce(probe: Probe, program: Program): Promise<Cost> {
  const cost = await probe.run(program);
  if (cost.status !== 0) {
    const said = readFileSync(program.log, "utf8").trimEnd().split("\n").slice(-12).join("\n");
    throw new Error(`${program.argv.join(" ")} ended with status ${cost.status}: ${said}`);
  }
  return cost;
}

function comparison({ own, bare }: { own: Cost[]; bare: Cost[] }): Compared {
  const [wall, cpu] = [middle(own, "wall"), middle(own, "cpu")];
  const memory = middle(own, "memory");
  return { wall, cpu, memory, wallRatio: wall / middle(bare, "wall"), cpuRatio: cpu / middle(bare, "cpu") };
}

function middle(costs: Cost[], field: keyof Cost): number {
  return median(costs.map((cost) => cost[field]));
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
