import type { VerbEntry, VerbGroup } from "../../framework/cli/verb";

type Row = [name: string, usage: string, summary: string, load: () => Promise<{ default: unknown }>];

const commands: Row[] = [
  ["list", "[Name…]", "Show every command, its schedule and next run", () => import("./List")],
  ["show", "<Name>", "Show everything about one command", () => import("./Show")],
  ["run", "<Name…>", "Run built commands now, one after the other", () => import("./Run")],
  ["stop", "<Name>", "Stop a running command and everything it started", () => import("./Stop")],
  ["inspect", "", "Print the build's manifest", () => import("./Inspect")],
];

const history: Row[] = [
  ["status", "[Name…]", "Show how the last runs went and what is due", () => import("./Status")],
  ["runs", "[Name…]", "Show the run history", () => import("./Runs")],
  ["logs", "<Name>", "Show what a run printed", () => import("./Logs")],
  ["report", "", "Write the run history as a web page", () => import("./Report")],
  ["dashboard", "", "Show runs, failures and next starts live in the browser", () => import("./Dashboard")],
  ["runs:prune", "", "Delete old runs from the history", () => import("./RunsPrune")],
];

const schedule: Row[] = [
  ["explain", '"<schedule>"', "Explain a schedule and show its next times", () => import("./Explain")],
  ["enable", "<Name>", "Turn a command's schedule on in this deployment", () => import("./Enable")],
  ["disable", "<Name>", "Turn a command's schedule off in this deployment", () => import("./Disable")],
  ["schedule:work", "", "Start commands when they are due, without cron", () => import("./ScheduleWork")],
];

const crontab: Row[] = [
  ["crontab", "", "Print the crontab entries (changes nothing)", () => import("./Crontab")],
  ["crontab:install", "[Name…]", "Install the entries in your crontab", () => import("./CrontabInstall")],
  ["crontab:remove", "", "Remove the entries from your crontab", () => import("./CrontabRemove")],
  ["crontab:check", "", "Check that the installed entries match the build", () => import("./CrontabCheck")],
];

const maintenance: Row[] = [
  ["doctor", "", "Find problems that make cron fail silently", () => import("./Doctor")],
  ["monitor", "", "Find missed and lost runs and notify you of them", () => import("./Monitor")],
  ["notices:test", "[Name]", "Send a test notification to each channel", () => import("./NoticesTest")],
  ["notices:send", "", "Send pending notifications", () => import("./NoticesSend")],
  ["ack", "<Name>", "Acknowledge a command's problems", () => import("./Ack")],
  ["pause", "[Name…]", "Skip scheduled starts, for maintenance", () => import("./Pause")],
  ["resume", "[Name…]", "End a pause", () => import("./Resume")],
];

const queue: Row[] = [
  ["queue:work", "", "Process queued jobs until stopped", () => import("./QueueWork")],
  ["queue:status", "", "Show how many jobs are waiting, running or failed", () => import("./QueueStatus")],
  ["queue:list", "", "Show the jobs, newest first", () => import("./QueueList")],
  ["queue:show", "<id>", "Show one job in full", () => import("./QueueShow")],
  ["queue:retry", "<id…|all>", "Retry failed jobs", () => import("./QueueRetry")],
  ["queue:cancel", "<id…>", "Cancel jobs that are not finished", () => import("./QueueCancel")],
  ["queue:pause", "[type…]", "Stop workers from starting jobs", () => import("./QueuePause")],
  ["queue:resume", "[type…]", "End a pause of the queue", () => import("./QueueResume")],
  ["queue:prune", "", "Delete old finished jobs", () => import("./QueuePrune")],
];

const database: Row[] = [
  ["migrate", "", "Bring the database's tables up to date", () => import("./Migrate")],
  [
    "migrate:rollback",
    "[Migration…]",
    "Undo the last batch of migrations",
    () => import("./MigrateRollback"),
  ],
  ["migrate:status", "", "Show which migrations have run", () => import("./MigrateStatus")],
];

const make: Row[] = [
  ["new", "<folder>", "Create a new app", () => import("./New")],
  ["upgrade", "", "Update the app's files to the installed laju", () => import("./Upgrade")],
  ["make:command", "<Name>", "Create commands/<Name>.ts", () => import("./MakeCommand")],
  ["make:job", "<Name>", "Create app/jobs/<Name>.ts", () => import("./MakeJob")],
  ["make:migration", "<name>", "Create a migration in app/migrations", () => import("./MakeMigration")],
  ["make:test", "<Name>", "Create the test of a command or job", () => import("./MakeTest")],
  ["man", "[verb]", "Show the manual page", () => import("./Man")],
  [
    "completion",
    "<bash|zsh|fish>",
    "Print the completion script for your shell",
    () => import("./Completion"),
  ],
  ["build", "", "Compile commands/ into build/", () => import("./Build")],
];

/** All verbs, in the order in which `node laju` lists them, under their headings. */
export const verbGroups: VerbGroup[] = [
  ["Commands", commands.map(entry)],
  ["History", history.map(entry)],
  ["Schedules", schedule.map(entry)],
  ["Crontab", crontab.map(entry)],
  ["Maintenance", maintenance.map(entry)],
  ["Queue", queue.map(entry)],
  ["Database", database.map(entry)],
  ["Make", make.map(entry)],
];

export const verbs: VerbEntry[] = verbGroups.flatMap(([, group]) => group);

function entry([name, usage, summary, load]: Row): VerbEntry {
  return { name, usage, summary, load: load as VerbEntry["load"] };
}
