import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { makeDemoApp } from "./app";
import { announce, asCron, heading, laju, lajuOutput, program } from "./steps";

const project = join(import.meta.dirname, "..", "..");
const app = join(project, "data", "demo");
const shown = ["SendDailyDigest", "CleanupOldData", "GreetNewUsers"];

console.log(
  `This shows laju at work, from an empty folder to recorded runs. Everything happens in ${relative(project, app)}/.`,
);
makeDemoApp(project, app);

heading("1. A database with sample data");
// Build first, because running laju from source would make each verb ten times slower.
laju(app, "build");
laju(app, "migrate");
program(project, app, "scripts/demo/seedDatabase.ts");

heading("2. A command of your own");
laju(app, "make:command", "GreetNewUsers", "--schedule", "*/15 * * * *", "--description", "Greet new users");

heading("3. Build it, list it, print the crontab entries");
laju(app, "build");
laju(app, "list");
laju(app, "crontab");

heading("4. Run three of them exactly as cron would: same line, shell, environment and folder");
mkdirSync(join(app, "logs"), { recursive: true });
const lines = lajuOutput(app, "crontab").split("\n");
const failed = shown.filter((name) => !runAsCron(name));

heading("5. What they recorded");
for (const name of shown) showFile(join(app, "logs", `${name}.log`), 4);
showOutbox(join(app, "data", "outbox"));
laju(app, "runs");

heading("Next");
console.log(`
  node laju make:command SendDailyEmails --schedule "0 8 * * *"    write a command of your own
  npx tsx commands/SendDailyEmails.ts                              try it
  npm run build && node laju crontab:install                       put it on your crontab
  node laju runs                                                   see that it ran

  The demonstration's app stays in ${relative(project, app)}/ for you to look at.
`);
process.exit(failed.length > 0 ? 1 : 0);

function runAsCron(name: string): boolean {
  const line = lines.find((candidate) => candidate.includes(`commands/${name}.js`));
  if (line === undefined) throw new Error(`the crontab has no line for ${name}`);
  const status = asCron(line);
  announce(line);
  console.log(
    status === 0 ? `${name} exited with status 0.` : `${name} exited with status ${status}: see its log.`,
  );
  return status === 0;
}

function showFile(file: string, most: number): void {
  announce(`cat ${relative(project, file)}`);
  const content = existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n") : [];
  console.log(content.slice(0, most).join("\n"));
  if (content.length > most) console.log(`… and ${content.length - most} more lines`);
}

function showOutbox(folder: string): void {
  const mails = existsSync(folder) ? readdirSync(folder).sort() : [];
  console.log(
    `\nMails written to ${relative(project, folder)}/ (no mail server is configured): ${mails.length}`,
  );
  if (mails[0] !== undefined) showFile(join(folder, mails[0]), 14);
}
