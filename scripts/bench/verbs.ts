/*
 * Measures how fast laju's verbs respond: `npx tsx scripts/bench/verbs.ts [COMMANDS]` (default 100 commands, each with
 * ten runs in the ledger). Measures the built command line in whole processes, medians of 21, compared with a bare
 * start of node. Because people wait for verbs, the limit for those that use no server is 150 ms.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeBenchApp } from "./support/benchApp";
import { compare } from "./support/pairs";
import { cronEnvironment, type Program, startProbe } from "./support/probe";

const rounds = 21;
const limit = 150;
const count = Number(process.argv[2] ?? 100);
const verbs = [
  ["--version"],
  ["--help"],
  ["list"],
  ["list", "--json"],
  ["list", "--next"],
  ["show", "Command1"],
  ["status"],
  ["runs"],
  ["runs", "Command1"],
  ["logs", "Command1"],
  ["crontab"],
  ["inspect"],
  ["migrate:status"],
  ["mistyped"],
];

const app = makeBenchApp(
  Object.fromEntries(
    Array.from({ length: count }, (_, number) => [`commands/Command${number}.ts`, text(number)]),
  ),
);
const probe = startProbe();
try {
  app.laju(["build"]);
  app.laju(["migrate"]);
  mkdirSync(join(app.root, "logs"));
  for (let run = 0; run < 10; run++) app.laju(["run", "Command1"]);
  writeFileSync(join(dirname(app.root), "empty.js"), "");
  const bare = program([join(dirname(app.root), "empty.js")]);
  const programs = new Map(verbs.map((words) => [words.join(" "), program(["laju", ...words])]));
  const known = await answering(programs);
  const results = await compare(probe, { bare, programs: known, rounds });
  console.log(`| verb, ${count} commands | wall | ratio | MiB |\n| --- | --- | --- | --- |`);
  for (const [name, { wall, wallRatio, memory }] of results) {
    const late = wall > limit ? " **too long**" : "";
    console.log(
      `| ${name} | ${wall.toFixed(0)} ms${late} | ${wallRatio.toFixed(1)} | ${memory.toFixed(0)} |`,
    );
  }
} finally {
  probe.stop();
  app.remove();
}

function program(words: string[]): Program {
  const argv = [process.execPath, ...words];
  return { argv, cwd: app.root, env: cronEnvironment(), log: join(app.root, "logs", "bench.log") };
}

/** The verbs that can be measured. Prints those that fail, for example because this release doesn't have them. */
async function answering(programs: Map<string, Program>): Promise<Map<string, Program>> {
  const known = new Map<string, Program>();
  for (const [name, one] of programs) {
    const { status } = await probe.run(one);
    if (status === 0) known.set(name, one);
    else console.error(`${name} ended with status ${status} and is left out`);
  }
  return known;
}

function text(number: number): string {
  return `import { command } from "../app/console/command";
import { logInfo } from "../app/services/Logger";
export default command({
  description: "Command ${number}",
  schedule: "${number % 60} ${number % 24} * * *",
  run() { logInfo("Done"); },
});
`;
}
