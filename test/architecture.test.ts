import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, normalize, relative } from "node:path";
import { describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

/**
 * The layers, from top to bottom. A folder may import only from layers below its own, and not from other folders on its
 * layer. (config/ starts framework/start, which is above it, without importing it: it loads the module by the name
 * `#startExported` from package.json's imports.)
 */
const layers: Record<string, string>[] = [
  { "laju.js": "starts the command line, compiled or from its sources" },
  { "commands/index": "the dispatcher of `node laju`" },
  { "commands/native": "the verbs, one small file each" },
  { "framework/dashboard": "the live page: what is running, what failed, what is next" },
  {
    "framework/monitor": "watches the runs: incidents, hangs, the dead man's switch",
    "framework/views/report": "the report as a page",
    "framework/make": "drafts of commands and jobs, and their stubs",
    "framework/testing": "laju/testing, which the app's own tests import",
    "framework/new": "creates an app, and upgrades its files",
  },
  { "framework/views": "what people read: list, status, runs, logs, explain" },
  { "framework/doctor": "checks this host and this app for problems" },
  {
    "framework/build": "the compiler",
    "framework/crontab/exports": "exports the entries to cron.d, systemd and Kubernetes",
    "framework/views/queue": "the queue's texts for people",
    "framework/scheduler": "schedule:work, which replaces cron if there is none",
    "framework/programs": "standalone programs such as build/backup.js",
  },
  { "framework/crontab/install": "reads, compares and writes the installed crontab" },
  {
    "framework/crontab/text": "the crontab as text: lines, blocks, differences",
    "framework/crontab/entries": "converts a schedule to cron's fields, with a guard if those are too coarse",
    "framework/catalog": "the commands, and this deployment's settings for them",
  },
  {
    "framework/start": "from `node commands/X.js` to run()",
    "framework/queue": "jobs: engines/, worker/",
    "framework/host": "this host: its cron, its time zone files, what was installed here",
  },
  { "framework/cli": "arguments and the terminal" },
  { "framework/runs/servers": "decides which one of several servers runs a command" },
  { "framework/runs/supervision": "a run from start to end: timeout, signals, retries" },
  {
    "framework/runs/notices": "notifications of failed runs",
    "framework/runs/nesting": "runs within runs, and the processes a run has started",
  },
  { "framework/runs/history": "the history of runs" },
  { "framework/runs/logs": "the log files of runs" },
  { "framework/runs/ledger": "the journal and the ledger, which record runs" },
  { "framework/runs/lock": "one run of a command at a time" },
  {
    "framework/services": "DB, Mailer, Redis, Logger, Cache, View, backups",
    "framework/metadata/source": "reads a command's metadata from its source without running it",
  },
  { "framework/metadata": "the fields of the metadata, and the deployment's overrides" },
  {
    "framework/schedule/times": "when a schedule is due; pure",
    "framework/schedule/asWritten": "how daemons interpret raw fields; pure",
  },
  { "framework/schedule/expression": "parses schedules; pure" },
  { "framework/process": "this process: its identity, output and secrets" },
  {
    "framework/files": "creates, opens and replaces files and folders",
    "framework/text": "texts for people: printable, did-you-mean, errors",
  },
  {
    "framework/config": "root, paths, settings, errors, durations",
    "framework/migrations": "laju's own tables: queue, cache",
  },
];

/** The app's folders. Their files import each other, and laju's modules by the names that package.json exports. */
const apps = ["app", "commands"];

/** Whether a folder may contain many files: it has a file per verb, or it belongs to the app. */
function mayBeLarge(place: string): boolean {
  return (
    place === "commands/native" ||
    (isWithinAny(place, [...apps, "test/app", "test/commands"]) && layerOf(place) === undefined)
  );
}

interface Source {
  path: string;
  /** The source's text, without its comments. */
  code: string;
}

const sources = ["app", "commands", "framework", "scripts"]
  .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile())
  .map((entry) => relative(root, join(entry.parentPath, entry.name)))
  .concat("laju.js")
  .filter(
    (path) => /\.[cm]?[jt]s$/.test(path) && !/\.d\.ts$|node_modules|^framework\/new\/template\//.test(path),
  )
  .sort()
  .map((path): Source => ({ path, code: withoutComments(readFileSync(join(root, path), "utf8")) }));

const inLayers = sources.filter(({ path }) => layerOf(path) !== undefined);
const inApp = sources.filter(({ path }) => layerOf(path) === undefined && isWithinAny(path, apps));

test("every source file belongs to a layer, the app, or scripts", () => {
  const homeless = sources.filter(({ path }) => layerOf(path) === undefined && !isWithinAny(path, apps));
  expect(homeless.map(({ path }) => path).filter((path) => !path.startsWith("scripts/"))).toEqual([]);
});

test("every folder of a layer has files", () => {
  const folders = layers.flatMap((layer) => Object.keys(layer));
  expect(folders.filter((folder) => !sources.some(({ path }) => folderOf(path) === folder))).toEqual([]);
});

test("imports point down", () => {
  const wrong = inLayers.flatMap(({ path, code }) =>
    importsOf(path, code)
      .filter((imported) => !mayImport(path, imported))
      .map((imported) => `${path} imports ${imported}`),
  );
  expect(wrong).toEqual([]);
});

test("no two files import each other, not even types", () => {
  const ours = sources.filter((source) => !inApp.includes(source));
  const known = new Map(ours.map(({ path, code }) => [withoutEnding(path), new Set(importsOf(path, code))]));
  const pairs = [...known].flatMap(([path, imports]) =>
    [...imports].filter((other) => path < other && known.get(other)?.has(path)).map((other) => [path, other]),
  );
  expect(pairs).toEqual([]);
});

test("laju's own files import each other by path", () => {
  expect(whereFound(inLayers, /\bfrom "laju\/|\bimport\("laju\//)).toEqual([]);
});

test("the app imports laju by package name, not by path", () => {
  const wrong = inApp.flatMap(({ path, code }) =>
    importsOf(path, code)
      .filter((imported) => layerOf(imported) !== undefined || isWithinAny(imported, ["scripts", "test"]))
      .map((imported) => `${path} imports ${imported}`),
  );
  expect(wrong).toEqual([]);
});

test("a folder has at most 20 files", () => {
  const counts = new Map<string, number>();
  for (const folder of ["app", "commands", "framework", "scripts", "test"]) {
    for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
      const place = relative(root, entry.parentPath);
      if (entry.isFile() && !/node_modules/.test(place)) counts.set(place, (counts.get(place) ?? 0) + 1);
    }
  }
  const large = [...counts].filter(([place, count]) => count > 20 && !mayBeLarge(place));
  expect(large).toEqual([]);
});

describe("framework/schedule is pure", () => {
  const pure = sources.filter(({ path }) => path.startsWith("framework/schedule/"));

  test("does not read the clock", () => {
    expect(whereFound(pure, /\bDate\.now\(|\bnew Date\(\)|\bperformance\.|Temporal\.Now/)).toEqual([]);
  });

  test("uses neither the process nor the disk", () => {
    expect(whereFound(pure, /\bprocess\.|\bconsole\.|\bMath\.random|\bfetch\(/)).toEqual([]);
    expect(whereFound(pure, /["']node:/)).toEqual([]);
  });

  test("imports only errors and durations from config", () => {
    const imported = pure.flatMap(({ path, code }) => importsOf(path, code));
    const config = imported.filter((path) => path.startsWith("framework/config/"));
    expect([...new Set(config)].sort()).toEqual(["framework/config/duration", "framework/config/errors"]);
  });
});

describe("code that runs in production", () => {
  const inside = inLayers.filter(({ path }) => !/^framework\/(build|testing)\//.test(path));

  test("ends the process in few places", () => {
    expect(whereFound(inside, /\bprocess\.(exit|abort|reallyExit)\(/)).toEqual([
      "commands/index.ts",
      "framework/config/rootProblem.ts",
      "framework/runs/supervision/partOfRun.ts",
      "framework/runs/supervision/startRun.ts",
      "framework/runs/supervision/supervise.ts",
      "framework/start/startCompiled.ts",
      "laju.js",
    ]);
  });

  test("prints JSON only through jsonText", () => {
    const verbs = inside.filter(({ path }) => path.startsWith("commands/native/"));
    // MakeJob uses JSON.stringify to write a TypeScript string.
    expect(whereFound(verbs, /\bJSON\.stringify\(/)).toEqual(["commands/native/MakeJob.ts"]);
  });

  test("starts other programs in few places", () => {
    expect(whereFound(inside, /\bchild_process\b/)).toEqual([
      "commands/native/Man.ts",
      "framework/crontab/install/crontabCalls.ts",
      "framework/crontab/install/ownedFiles.ts",
      "framework/host/crontabProgram.ts",
      "framework/new/programs.ts",
      "framework/runs/notices/startSender.ts",
      "framework/runs/supervision/retry.ts",
      "framework/scheduler/spawnDetached.ts",
      "framework/scheduler/startCommand.ts",
      "framework/services/backup/postgresTools.ts",
    ]);
  });

  test("creates files and folders in few places outside framework/files", () => {
    const makes =
      /\b(mkdir|mkdtemp|writeFile|appendFile|createWriteStream)(Sync)?\(|\bopen(Sync)?\([^)]*["'](a|w)x?\+?["']/;
    const elsewhere = inside.filter(({ path }) => !path.startsWith("framework/files/"));
    // They write temporary files, the user's own sources, files at paths that the user chose or that were made safe
    // before, and tests' folders.
    expect(whereFound(elsewhere, makes)).toEqual([
      "framework/catalog/jobTypes.ts",
      "framework/config/testEnvironment.ts",
      "framework/crontab/exports/exportOutput.ts",
      "framework/crontab/install/crontabCalls.ts",
      "framework/doctor/host/clock.ts",
      "framework/make/writeNewFile.ts",
      "framework/new/applyUpgrade.ts",
      "framework/new/makeApp.ts",
      "framework/new/mergeText.ts",
      "framework/new/tarball.ts",
      "framework/new/vendorTarball.ts",
      "framework/services/backup/restoreBackup.ts",
      "framework/services/backup/seal.ts",
      "framework/services/backup/sqliteCopy.ts",
      "framework/services/mail/outbox.ts",
    ]);
  });

  test("reads the environment only in framework/config", () => {
    expect(whereFound(inside, /\bprocess\.env\b/)).toEqual([
      "framework/config/config.ts",
      "framework/config/findRoot.ts",
      "framework/config/hostTimezone.ts",
      "framework/config/launch.ts",
      "framework/config/loadEnvFile.ts",
    ]);
  });
});

function mayImport(path: string, imported: string): boolean {
  const own = layerOf(path) as number;
  const other = layerOf(imported);
  if (other === undefined) return false;
  return folderOf(path) === folderOf(imported) || other > own;
}

function layerOf(path: string): number | undefined {
  const folder = folderOf(path);
  return folder === undefined ? undefined : layers.findIndex((layer) => folder in layer);
}

/** The innermost of the layers' folders that contains a file. */
function folderOf(path: string): string | undefined {
  const folders = layers.flatMap((layer) => Object.keys(layer)).filter((folder) => isWithin(path, folder));
  return folders.sort((one, other) => other.length - one.length)[0];
}

function isWithinAny(path: string, places: readonly string[]): boolean {
  return places.some((place) => isWithin(path, place));
}

function isWithin(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}/`) || withoutEnding(path) === place;
}

/** The project's modules that a file imports, as paths relative to the root, without extension. */
function importsOf(path: string, code: string): string[] {
  const named = [...code.matchAll(/\b(?:from|import|import\(|require\()\s*["']([^"']+)["']/g)];
  return named
    .map(([, name]) => name as string)
    .filter((name) => /^\.|^app\//.test(name))
    .map((name) => (name.startsWith(".") ? normalize(join(dirname(path), name)) : name))
    .map(withoutEnding);
}

function withoutEnding(path: string): string {
  return basename(path) === "laju.js" ? path : path.replace(/\.[cm]?[jt]s$/, "");
}

function whereFound(among: Source[], pattern: RegExp): string[] {
  return among.filter(({ code }) => pattern.test(code)).map(({ path }) => path);
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/(^|\s)\/\/.*$/gm, "");
}
