import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

/** Every layer, from the outermost in, and what it may import besides itself. The first that fits a path is its layer. */
const layers: [layer: string, mayImport: string[]][] = [
  ["laju.js", ["commands/index"]],
  [
    "commands/index",
    [
      "commands/native",
      "app/console",
      "framework/schedule",
      "framework/config/config",
      "framework/config/errors",
    ],
  ],
  ["commands/native", ["framework/build", "app"]],
  [
    "commands",
    [
      "app/services",
      "framework/programs",
      "app/console/command",
      "framework/monitor/jobNotices",
      "app/queue/job",
    ],
  ],
  [
    "framework/build",
    [
      "app/console",
      "framework/schedule",
      "framework/queue/jobFiles",
      "framework/files",
      "framework/config/config",
      "framework/config/errors",
    ],
  ],
  // Benchmarks start the same servers as tests do.
  ["scripts", ["app", "test/support"]],
  ["app/jobs", ["app/services", "app/queue/job"]],
  ["app/migrations", []],
  ["framework/programs", ["app/services", "app/console/command"]],
  [
    "app/console",
    [
      "framework/runs",
      "framework/schedule",
      "framework/queue",
      "app/services",
      "framework/files",
      "framework/config/config",
      "framework/config/errors",
    ],
  ],
  // Whether a process lives is asked in one way.
  [
    "framework/queue",
    [
      "framework/process/thisProcess",
      "framework/schedule",
      "app/services",
      "framework/files",
      "framework/config/config",
      "framework/config/errors",
    ],
  ],
  [
    "framework/runs",
    [
      "framework/schedule",
      "app/services",
      "framework/files",
      "framework/config/config",
      "framework/config/errors",
    ],
  ],
  ["framework/schedule", ["framework/config/errors"]],
  [
    "app/services",
    ["framework/queue", "framework/files", "framework/config/config", "framework/config/errors"],
  ],
  ["framework/files", ["framework/config/config", "framework/config/errors"]],
  // What starts a source that is the program is loaded from there. Durations are written in one way.
  [
    "framework/config/config",
    ["framework/config/errors", "framework/config/duration", "framework/start/startExported"],
  ],
  ["framework/config/errors", []],
];

interface Source {
  path: string;
  /** Without its comments. */
  code: string;
}

const sources = ["app", "commands", "scripts"]
  .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile())
  .map((entry) => relative(root, join(entry.parentPath, entry.name)))
  .concat("laju.js")
  .filter((path) => /\.[jt]s$/.test(path) && !/\.d\.ts$|node_modules/.test(path))
  .sort()
  .map((path): Source => ({ path, code: withoutComments(readFileSync(join(root, path), "utf8")) }));

test("imports point inwards: commands, console and runs, services, config", () => {
  const wrong = sources.flatMap(({ path, code }) =>
    importsOf(path, code)
      .filter((imported) => !isAllowed(path, imported))
      .map((imported) => `${path} imports ${imported}`),
  );
  expect(wrong).toEqual([]);
});

test("every source belongs to a layer", () => {
  expect(sources.map(({ path }) => path).filter((path) => layerOf(path) === undefined)).toEqual([]);
});

describe("framework/schedule is pure", () => {
  const pure = sources.filter(({ path }) => path.startsWith("framework/schedule/"));

  test("it reads no clock", () => {
    expect(whereFound(pure, /\bDate\.now\(|\bnew Date\(\)|\bperformance\.|Temporal\.Now/)).toEqual([]);
  });

  test("it touches neither the process nor the disk", () => {
    expect(whereFound(pure, /\bprocess\.|\bconsole\.|\bMath\.random|\bfetch\(/)).toEqual([]);
    // The parser of commands is loaded at first use: production has none.
    expect(whereFound(pure, /["']node:/)).toEqual(["framework/metadata/source/parseModule.ts"]);
  });
});

describe("of what runs in production", () => {
  const inside = sources.filter(({ path }) => !path.startsWith("scripts/"));

  test("few places end the process", () => {
    const framework = inside.filter(({ path }) => !isUsers(path));
    expect(whereFound(framework, /\bprocess\.(exit|abort|reallyExit)\(/)).toEqual([
      "framework/start/startCompiled.ts",
      "framework/runs/supervision/partOfRun.ts",
      "framework/runs/supervision/startRun.ts",
      "framework/runs/supervision/supervise.ts",
      "commands/index.ts",
      "laju.js",
    ]);
  });

  test("verbs print JSON through jsonText alone", () => {
    const verbs = inside.filter(({ path }) => path.startsWith("commands/native/"));
    // It writes a string of TypeScript.
    expect(whereFound(verbs, /\bJSON\.stringify\(/)).toEqual(["commands/native/MakeJob.ts"]);
  });

  test("few places start other programs", () => {
    expect(whereFound(inside, /\bchild_process\b/)).toEqual([
      "framework/crontab/install/files.ts",
      "framework/scheduler/spawnDetached.ts",
      "framework/scheduler/startCommand.ts",
      "framework/crontab/install/systemCrontab.ts",
      "framework/runs/supervision/retry.ts",
      "framework/runs/notices/startSender.ts",
      "framework/services/backup/postgresTools.ts",
    ]);
  });

  test("few places beside framework/files make folders and files", () => {
    const makes =
      /\b(mkdir|mkdtemp|writeFile|appendFile|createWriteStream)(Sync)?\(|\bopen(Sync)?\([^)]*["'](a|w)x?\+?["']/;
    const elsewhere = inside.filter(({ path }) => !isUsers(path) && !path.startsWith("framework/files/"));
    // Empty, for a moment; the user's own sources, and where the user says; and with a mode, on a path made safe before.
    expect(whereFound(elsewhere, makes)).toEqual([
      "framework/doctor/host/clock.ts",
      "framework/crontab/exports/exportOutput.ts",
      "framework/catalog/jobTypes.ts",
      "framework/make/writeNewFile.ts",
      "framework/crontab/install/systemCrontab.ts",
      "framework/services/backup/restoreBackup.ts",
      "framework/services/backup/seal.ts",
      "framework/services/backup/sqliteCopy.ts",
      "framework/services/mail/outbox.ts",
    ]);
  });

  test("framework/config/config alone reads the environment", () => {
    const framework = inside.filter(({ path }) => !isUsers(path));
    expect(whereFound(framework, /\bprocess\.env\b/)).toEqual([
      "framework/config/config.ts",
      "framework/config/launch.ts",
      "framework/config/hostTimezone.ts",
    ]);
  });
});

/** What belongs to the user: commands may end their process as they like. */
function isUsers(path: string): boolean {
  return layerOf(path) === "commands";
}

function layerOf(path: string): string | undefined {
  return layers.find(([layer]) => isWithin(path, layer))?.[0];
}

function isWithin(path: string, layer: string): boolean {
  return path === layer || path.startsWith(`${layer}/`) || path.replace(/\.ts$/, "") === layer;
}

function isAllowed(path: string, imported: string): boolean {
  const own = layerOf(path);
  if (own === undefined || layerOf(imported) === own) return true;
  const [, allowed] = layers.find(([layer]) => layer === own) as [string, string[]];
  return allowed.some((layer) => isWithin(imported, layer));
}

/** The project's own modules that a module names, from the root and without extension. */
function importsOf(path: string, code: string): string[] {
  const named = [...code.matchAll(/\b(?:from|import|import\(|require\()\s*["']([^"']+)["']/g)];
  return named
    .map(([, name]) => name as string)
    .filter((name) => /^\.|^app\//.test(name))
    .map((name) => (name.startsWith(".") ? normalize(join(dirname(path), name)) : name))
    .map((name) => name.replace(/\.ts$/, ""));
}

function whereFound(among: Source[], pattern: RegExp): string[] {
  return among.filter(({ code }) => pattern.test(code)).map(({ path }) => path);
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/(^|\s)\/\/.*$/gm, "");
}
