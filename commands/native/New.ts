import { relative, resolve } from "node:path";
import { terminalFor } from "../../framework/cli/terminal";
import { verb } from "../../framework/cli/verb";
import { root } from "../../framework/config/config";
import { LajuError } from "../../framework/config/errors";
import { lajuHome } from "../../framework/config/home";
import { type DatabaseChoice, databases } from "../../framework/new/description";
import { type AppPlan, makeApp, planApp } from "../../framework/new/makeApp";
import { packageManager } from "../../framework/new/programs";
import { shellQuote } from "../../framework/text/shellQuote";

export default verb({
  examples: [
    ["new ../shop", "An app on SQLite"],
    ["new ../shop --no-install", "Without installing packages, for example to use pnpm"],
    ["new ../shop --database pg --dry-run", "Show the files of an app on PostgreSQL, without creating them"],
  ],
  options: {
    database: {
      type: "string",
      value: "database",
      choices: databases,
      default: "sqlite",
      description: "The database in .env: sqlite, pg or mysql",
    },
    examples: { type: "boolean", description: "Include laju's examples and their tables" },
    git: { type: "boolean", default: true, description: "Create a git repository" },
    install: { type: "boolean", default: true, description: "Install the packages" },
    "dry-run": { type: "boolean", description: "Show what would be created, write nothing" },
  },
  words: { least: 1, most: 1 },
  details: `The folder may contain .git, README and LICENSE, but nothing else. The app depends on the laju package in its own
vendor/ folder, so it can be installed without a registry that carries laju.`,
  async run({ args: [typed], options }) {
    if (!typed) throw new LajuError("the folder's name is empty", { code: "E_USAGE", exitStatus: 2 });
    const folder = resolve(typed);
    const home = lajuHome(root);
    const plan = planApp(home, folder, {
      database: databaseOf(options.database),
      examples: options.examples ?? false,
      git: options.git,
      install: options.install,
    });
    if (options["dry-run"]) return console.log(planText(plan));
    const { paint, symbols } = terminalFor(1);
    const undone = await makeApp(home, plan, (step) =>
      console.log(paint("dim", `  ${step} ${symbols.dots}`)),
    );
    console.log(`${paint("green", symbols.done)} Made ${plan.name} in ${folder}`);
    for (const note of [undone, unfitForVite(folder)]) if (note) console.log(`  ${note}`);
    console.log(nextSteps(plan));
  },
});

function databaseOf(typed: string): DatabaseChoice {
  const found = databases.find((one) => one === typed);
  if (found !== undefined) return found;
  throw new LajuError(`--database is "${typed}", expected ${databases.join(", ")}`, {
    code: "E_USAGE",
    exitStatus: 2,
  });
}

/** Vite, on which vitest is built, treats a module's path as a URL, so some characters break it. */
function unfitForVite(folder: string): string | undefined {
  const [character] = /[%#?]/.exec(folder) ?? [];
  return (
    character &&
    `The app's tests can't run here: vitest doesn't work in a folder with ${character} in its path.`
  );
}

function planText({ folder, files, tarball, options }: AppPlan): string {
  const lines = [...files.keys(), tarball].sort().map((path) => `  + ${path}`);
  const after = [
    ...(options.git ? ["git init, unless the folder is in a repository"] : []),
    ...(options.install ? [`${packageManager()} install`] : []),
  ];
  const then = after.length > 0 ? ` Then: ${after.join("; ")}.` : "";
  return `  ${folder}\n${lines.join("\n")}\n  ${lines.length} files.${then} Nothing written.`;
}

function nextSteps({ folder, options }: AppPlan): string {
  const place = relative(process.cwd(), folder) || ".";
  const steps = [
    [`cd ${shellQuote(place)}${options.install ? "" : ` && ${packageManager()} install`}`, "Go there"],
    ["npx tsx commands/SayHello.ts", "Try the app's command"],
    ['node laju make:command SendDailyEmails --schedule "0 8 * * *"', "Write your own first command"],
  ];
  const width = Math.max(...steps.map(([line = ""]) => line.length));
  return `\n${steps.map(([line = "", words]) => `  ${line.padEnd(width)}   ${words}`).join("\n")}`;
}
