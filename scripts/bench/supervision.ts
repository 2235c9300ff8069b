/*
 * Measures what supervision adds to the cost of a run: `npm run bench:supervision [-- --rounds N]` (default 41). The
 * same work is done by an unsupervised file, a script, a declared command, and one with a timeout. Each round runs all
 * of them and a bare start of node, one after another. Prints the medians of the differences within the rounds, in
 * milliseconds and relative to the bare start. Needs python3 (see probe.ts).
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { markdown } from "./start/tables";
import { makeBenchApp } from "./support/benchApp";
import { median } from "./support/pairs";
import { type Cost, cronEnvironment, type Program, startProbe } from "./support/probe";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "41" } } });
const rounds = Number(values.rounds);

const work = 'writeSync(1, "done\\n");';
const writes = 'import { writeSync } from "node:fs";\n';
const declared = (meta: string) => `import { command } from "../app/console/command";
${writes}export default command({ schedule: "* * * * *", ${meta} run() { ${work} } });
`;

const app = makeBenchApp({
  "commands/Script.ts": `${writes}export const meta = { schedule: "* * * * *" };\n${work}\n`,
  "commands/Declared.ts": declared(""),
  "commands/Limited.ts": declared('timeout: "10m",'),
});
const probe = startProbe();
try {
  app.laju(["build"]);
  const programs = makePrograms();
  const costs = await measure(programs);
  console.log(`Node ${process.versions.node}, ${rounds} rounds\n\n${tableOf(costs)}`);
} finally {
  probe.stop();
  app.remove();
}

function makePrograms(): Map<string, Program> {
  const folder = dirname(app.root);
  const logs = join(app.root, "logs");
  mkdirSync(logs);
  writeFileSync(join(folder, "empty.js"), "");
  writeFileSync(join(folder, "plain.js"), `const { writeSync } = require("node:fs");\n${work}\n`);
  const start = (file: string): Program => ({
    argv: [process.execPath, file],
    cwd: join(app.root, "build"),
    env: cronEnvironment(),
    log: join(logs, "bench.log"),
  });
  return new Map([
    ["bare node", start(join(folder, "empty.js"))],
    ["nothing supervises it", start(join(folder, "plain.js"))],
    ["a script", start("commands/Script.js")],
    ["a command", start("commands/Declared.js")],
    ["a command with a time limit", start("commands/Limited.js")],
  ]);
}

async function measure(programs: Map<string, Program>): Promise<Map<string, Cost[]>> {
  const costs = new Map([...programs.keys()].map((name) => [name, [] as Cost[]]));
  // Ignore the first round, because it creates files that later rounds reuse.
  for (let round = 0; round <= rounds; round++) {
    for (const [name, program] of programs) {
      const cost = await probe.run(program);
      if (cost.status !== 0) throw new Error(`${name} ended with status ${cost.status}`);
      if (round > 0) costs.get(name)?.push(cost);
    }
  }
  return costs;
}

function tableOf(costs: Map<string, Cost[]>): string {
  const bare = costs.get("bare node") ?? [];
  const plain = costs.get("nothing supervises it") ?? [];
  const middle = (own: Cost[], field: "wall" | "cpu" | "faults") => median(own.map((cost) => cost[field]));
  const added = (own: Cost[], field: "wall" | "cpu" | "faults") =>
    median(own.map((cost, round) => cost[field] - (plain[round]?.[field] ?? Number.NaN)));
  const time = (own: Cost[], field: "wall" | "cpu") => [
    middle(own, field).toFixed(1),
    added(own, field).toFixed(1),
    (added(own, field) / middle(bare, field)).toFixed(2),
  ];
  const head = ["the same work", "wall ms", "more", "of bare", "cpu ms", "more", "of bare", "pages", "more"];
  const lines = [...costs].map(([name, own]) => {
    const pages = [middle(own, "faults"), added(own, "faults")].map(String);
    return [name, ...time(own, "wall"), ...time(own, "cpu"), ...pages];
  });
  return markdown([head, ...lines]);
}
