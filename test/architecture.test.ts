import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

/** Every layer, from the outermost in, and what it may import besides itself. The first that fits a path is its layer. */
const layers: [layer: string, mayImport: string[]][] = [
  ["laju.js", ["commands/index"]],
  ["commands/index", ["commands/native", "app/console", "app/schedule", "app/config", "app/errors"]],
  ["commands/native", ["scripts/build", "app"]],
  [
    "commands",
    ["app/services", "app/programs", "app/console/command", "app/console/tellOfJobs", "app/queue/job"],
  ],
  [
    "scripts/build",
    ["app/console", "app/schedule", "app/queue/jobFiles", "app/files", "app/config", "app/errors"],
  ],
  // Benchmarks start the same servers as tests do.
  ["scripts", ["app", "test/support"]],
  ["app/jobs", ["app/services", "app/queue/job"]],
  ["app/migrations", []],
  ["app/programs", ["app/services", "app/console/command"]],
  [
    "app/console",
    ["app/runs", "app/schedule", "app/queue", "app/services", "app/files", "app/config", "app/errors"],
  ],
  // Whether a process lives is asked in one way.
  [
    "app/queue",
    ["app/runs/thisProcess", "app/schedule", "app/services", "app/files", "app/config", "app/errors"],
  ],
  ["app/runs", ["app/schedule", "app/services", "app/files", "app/config", "app/errors"]],
  ["app/schedule", ["app/errors"]],
  ["app/services", ["app/queue", "app/files", "app/config", "app/errors"]],
  ["app/files", ["app/config", "app/errors"]],
  // What starts a source that is the program is loaded from there. Durations are written in one way.
  ["app/config", ["app/errors", "app/schedule/duration", "app/console/startExported"]],
  ["app/errors", []],
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

describe("app/schedule is pure", () => {
  const pure = sources.filter(({ path }) => path.startsWith("app/schedule/"));

  test("it reads no clock", () => {
    expect(whereFound(pure, /\bDate\.now\(|\bnew Date\(\)|\bperformance\.|Temporal\.Now/)).toEqual([]);
  });

  test("it touches neither the process nor the disk", () => {
    expect(whereFound(pure, /\bprocess\.|\bconsole\.|\bMath\.random|\bfetch\(/)).toEqual([]);
    // The parser of commands is loaded at first use: production has none.
    expect(whereFound(pure, /["']node:/)).toEqual(["app/schedule/parseModule.ts"]);
  });
});

describe("of what runs in production", () => {
  const inside = sources.filter(({ path }) => !path.startsWith("scripts/"));

  test("few places end the process", () => {
    const framework = inside.filter(({ path }) => !isUsers(path));
    expect(whereFound(framework, /\bprocess\.(exit|abort|reallyExit)\(/)).toEqual([
      "app/console/startCompiled.ts",
      "app/runs/partOfRun.ts",
      "app/runs/startRun.ts",
      "app/runs/supervise.ts",
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
      "app/console/crontabFiles.ts",
      "app/console/spawnDetached.ts",
      "app/console/startCommand.ts",
      "app/console/systemCrontab.ts",
      "app/runs/retry.ts",
      "app/runs/startSender.ts",
      "app/services/backup/postgresTools.ts",
    ]);
  });

  test("few places beside app/files make folders and files", () => {
    const makes =
      /\b(mkdir|mkdtemp|writeFile|appendFile|createWriteStream)(Sync)?\(|\bopen(Sync)?\([^)]*["'](a|w)x?\+?["']/;
    const elsewhere = inside.filter(({ path }) => !isUsers(path) && !path.startsWith("app/files/"));
    // Empty, for a moment; the user's own sources, and where the user says; and with a mode, on a path made safe before.
    expect(whereFound(elsewhere, makes)).toEqual([
      "app/console/doctor/clock.ts",
      "app/console/exportOutput.ts",
      "app/console/jobTypes.ts",
      "app/console/newFile.ts",
      "app/console/systemCrontab.ts",
      "app/services/backup/restoreBackup.ts",
      "app/services/backup/seal.ts",
      "app/services/backup/sqliteCopy.ts",
      "app/services/outbox.ts",
    ]);
  });

  test("app/config alone reads the environment", () => {
    const framework = inside.filter(({ path }) => !isUsers(path));
    expect(whereFound(framework, /\bprocess\.env\b/)).toEqual([
      "app/config.ts",
      "app/config/starter.ts",
      "app/config/systemTimezone.ts",
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
