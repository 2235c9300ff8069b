/*
 * Measures how long a build takes: `npx tsx scripts/bench/build.ts [COMMANDS…]` (default 100 1000). Measures whole
 * `node laju build` processes (medians of 5) when all commands, one command or none has to be rebuilt; build/vendor
 * already exists. For `build --watch`, measures the time from saving a command to the line that says it was built.
 */
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type BenchApp, makeBenchApp } from "./support/benchApp";
import { median } from "./support/pairs";
import { cronEnvironment } from "./support/probe";

const repeats = 5;
const counts = process.argv.slice(2).map(Number);

console.log("| commands | rebuilt | one changed | nothing changed | watched | size of build/commands |");
console.log("| --- | --- | --- | --- | --- | --- |");
for (const count of counts.length > 0 ? counts : [100, 1000]) console.log(await measured(count));

async function measured(count: number): Promise<string> {
  const app = makeBenchApp(commandsOf(count));
  try {
    app.laju(["build"]);
    const anew = medianOf(() => {
      rmSync(join(app.root, "build", "commands"), { recursive: true });
      return seconds(() => app.laju(["build"]));
    });
    const changed = medianOf((repeat) => {
      app.write("commands/Command0.ts", commandText(0, `changed ${repeat}`));
      return seconds(() => app.laju(["build"]));
    });
    const unchanged = medianOf(() => seconds(() => app.laju(["build"])));
    const times = [anew, changed, unchanged].map((time) => `${time.toFixed(2)} s`);
    const watched = `${(await watchedChange(app)).toFixed(0)} ms`;
    return `| ${[count, ...times, watched, sizeOf(app)].join(" | ")} |`;
  } finally {
    app.remove();
  }
}

/** How long after a command was saved `build --watch` reports it as built, in milliseconds. */
async function watchedChange(app: BenchApp): Promise<number> {
  const watch = spawn(process.execPath, ["laju", "build", "--watch"], {
    cwd: app.root,
    env: cronEnvironment(),
  });
  const lines = createInterface(watch.stdout)[Symbol.asyncIterator]();
  try {
    await lines.next();
    const times: number[] = [];
    for (let repeat = 0; repeat < repeats + 3; repeat++) {
      const began = performance.now();
      app.write("commands/Command0.ts", commandText(0, `watched ${repeat}`));
      await lines.next();
      times.push(performance.now() - began);
    }
    // The first few runs are slower, because V8 has not optimized the code yet.
    return median(times.slice(3));
  } finally {
    watch.kill();
  }
}

/** Commands like real ones: half of them query, a third send mail, all log, and some share a module. */
function commandsOf(count: number): Record<string, string> {
  const files: [string, string][] = [
    ["app/shared.ts", "export const shared = (text: string) => text.toUpperCase();\n"],
  ];
  for (let number = 0; number < count; number++) {
    files.push([`commands/Command${number}.ts`, commandText(number, `command ${number}`)]);
  }
  return Object.fromEntries(files);
}

function commandText(number: number, text: string): string {
  const isQuery = number % 2 === 0;
  const isMail = number % 3 === 0;
  return `import { command } from "../app/console/command";
import { logInfo } from "../app/services/Logger";
import { shared } from "../app/shared";
${isQuery ? 'import DB from "../app/services/DB";' : ""}
${isMail ? 'import Mailer from "../app/services/Mailer";' : ""}

export default command({
  description: ${JSON.stringify(text)},
  schedule: "${number % 60} ${number % 24} * * *",
  timeout: "10m",
  async run() {
    ${isQuery ? 'logInfo("Rows", await DB("users").count("* as rows").first());' : ""}
    ${isMail ? 'await Mailer.send({ to: "ada@example.com", subject: "Hello", text: "One mail." });' : ""}
    logInfo(shared(${JSON.stringify(text)}));
  },
});
`;
}

function seconds(work: () => void): number {
  const begin = performance.now();
  work();
  return (performance.now() - begin) / 1000;
}

function medianOf(measure: (repeat: number) => number): number {
  return median(Array.from({ length: repeats }, (_, repeat) => measure(repeat)));
}

function sizeOf({ root }: BenchApp): string {
  const folder = join(root, "build", "commands");
  const files = readdirSync(folder).filter((file) => file.endsWith(".js"));
  const bytes = files.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
  const maps = readdirSync(folder).filter((file) => file.endsWith(".map"));
  const mapped = maps.reduce((sum, file) => sum + readFileSync(join(folder, file)).length, 0);
  return `${(bytes / 1e6).toFixed(1)} MB, source maps ${(mapped / 1e6).toFixed(1)} MB`;
}
