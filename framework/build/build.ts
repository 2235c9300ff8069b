import { existsSync, readdirSync, realpathSync, rmSync, utimesSync } from "node:fs";
import { join, relative } from "node:path";
import { readManifest } from "../catalog/buildManifest";
import { jobFile, jobNames, jobProblems, strayJobFiles } from "../catalog/jobSources";
import { writeJobTypes } from "../catalog/jobTypes";
import { paths } from "../config/config";
import { lajuHome } from "../config/home";
import { byPriority, type CommandFacts, type CommandProblem, type Manifest } from "../metadata/manifest";
import { BuildCache } from "./buildCache";
import type { BuildFolder } from "./bundle/buildContext";
import { type Attempt, isSource } from "./bundle/bundle";
import { bundlesNamedIn, removeUnused } from "./bundle/cachedBundle";
import { pathFromRoot } from "./bundle/lajuFiles";
import { bundleMigrations } from "./bundleMigrations";
import { bundlePrograms } from "./bundlePrograms";
import { bundleCli, bundleRuntime, cacheCli } from "./cli/bundleCli";
import { compileCommands } from "./compileCommands";
import { copyAssets } from "./copyAssets";
import { writeIfChanged, writeOutputs } from "./files";
import { bundledJobs, leftOutJobs } from "./jobs";
import { copyRootRuntime } from "./rootRuntime";
import { bundleShared, sharedIn } from "./shared/bundleShared";
import { bundleVendor } from "./vendor/bundleVendor";

/** The result of a build. */
export interface BuildReport {
  built: CommandFacts[];
  /** Commands whose file is currently invalid. The output of an earlier build is kept for them. */
  kept: CommandFacts[];
  removed: Removed[];
  problems: CommandProblem[];
  /** Commands that tsx cannot start, because they import nothing from laju. */
  alone: string[];
  warnings: string[];
  milliseconds: number;
}

/** A command that an earlier build compiled. */
interface Removed {
  name: string;
  why: string;
}

/**
 * Compiles commands/, app/migrations and laju's CLI into build/, and writes the commands' metadata to
 * build/commands.json. An invalid file doesn't affect others, and the output of its last valid version is kept.
 * Unchanged parts are not rebuilt (see BuildCache).
 */
export async function buildApp(): Promise<BuildReport> {
  const jobs = jobNames();
  const strayJobs = strayJobFiles();
  writeJobTypes(jobs);
  const beganAt = new Date();
  const { root, home, build } = realPaths();
  const previous = existsSync(paths.manifest) ? readManifest() : undefined;
  const leftOut = leftOutJobs();
  writeIfChanged(join(build, "package.json"), `${JSON.stringify({ type: "commonjs" })}\n`);

  const rootRuntime = copyRootRuntime({ home, build });
  const vendor = await bundleVendor({ root, home, build });
  const cache = new BuildCache({ root, home, build }, [vendor.key, ...leftOut].join("\n"), beganAt);
  const last = [sharedIn(cache, { root, home })?.file, ...bundlesNamedIn(join(build, "laju.js"))];
  const folder = { root, home, build, vendor: vendor.files };
  const { shared, warnings, problems: sharedProblems } = await bundleShared(folder, cache);
  if (shared === undefined) return notBuilt(sharedProblems, beganAt);
  const context = { ...folder, shared };
  const reuse = (part: string, make: () => Promise<Attempt>) => cache.reuse(part, shared.file, make);
  const [commands, migrations, programs, cli, runtime] = await Promise.all([
    compileCommands(context, cache, previous),
    reuse("app/migrations", () => bundleMigrations(context)),
    reuse("framework/programs", () => bundlePrograms(context)),
    reuse("laju", () => bundleCli(context)),
    reuse("runtime", () => bundleRuntime(context)),
  ]);
  const parts = [commands, migrations, programs, cli, runtime];
  const problems = [
    ...commands.unread,
    ...unreported(jobProblems(jobs), commands.problems),
    ...strayJobs,
    ...parts.flatMap((part) => part.problems),
    ...sharedProblems,
  ];
  const kept = keptOf(previous, new Set(problems.map(({ file }) => file)));
  const all = [...commands.built, ...kept].sort(byPriority);

  writeOutputs(
    build,
    parts.flatMap(({ outputs }) => outputs),
  );
  const inputs = [
    ...parts.flatMap((part) => part.inputs),
    ...copyAssets({ root, home, build }),
    ...rootRuntime.map((file) => pathFromRoot(file, context)),
    ...jobs.map(jobFile),
    ...[...commands.unread, ...commands.problems, ...commands.helpers, ...strayJobs].map(({ file }) => file),
  ];
  const bundled = jobs.filter((name) => !leftOut.includes(name));
  writeManifest(
    { version: 1, commands: all, jobs: bundled, problems, inputs: hashes(ownInputs(inputs, context), cache) },
    beganAt,
  );
  cache.write();
  const removed = removeStale(all);
  removeUnused(build, new Set([shared.file, ...last]));
  const uncached = await cacheCli(context);
  return {
    built: commands.built,
    kept,
    removed,
    problems,
    alone: commands.alone,
    warnings: [
      ...vendor.warnings,
      ...warnings,
      ...uncached,
      ...commands.helpers.map(({ message }) => message),
    ],
    milliseconds: since(beganAt),
  };
}

/** Recompiles these commands and leaves the rest of the build unchanged, for `build --watch`. */
export async function rebuildCommands(names: string[]): Promise<BuildReport> {
  const beganAt = new Date();
  const { root, home, build } = realPaths();
  const previous = readManifest();
  const vendor = await bundleVendor({ root, home, build });
  const cache = new BuildCache({ root, home, build }, [vendor.key, ...leftOutJobs()].join("\n"), beganAt);
  const shared = sharedIn(cache, { root, home });
  if (shared === undefined) return buildApp();
  const context = { root, home, build, vendor: vendor.files, shared };
  const compiled = await compileCommands(context, cache, previous, names);
  // If a changed file is now a helper module, build everything, because commands may import it.
  if (compiled.helpers.length > 0) return buildApp();

  const problems = [...compiled.unread, ...compiled.problems];
  const kept = keptOf(previous, new Set(problems.map(({ file }) => file)));
  const files = new Set(names.map((name) => `commands/${name}.ts`));
  const others = previous.commands.filter(({ file }) => !files.has(file));
  const commands = [...others, ...compiled.built, ...kept].sort(byPriority);
  writeOutputs(build, compiled.outputs);
  const inputs = [...compiled.inputs, ...problems.map(({ file }) => file)];
  writeManifest(
    {
      version: 1,
      jobs: bundledJobs(),
      commands,
      problems: [...previous.problems.filter(({ file }) => !files.has(file)), ...problems],
      inputs: { ...previous.inputs, ...hashes(inputs, cache) },
    },
    beganAt,
  );
  cache.writeMerged();
  const { built, alone } = compiled;
  const { warnings } = vendor;
  return { built, kept, removed: [], problems, alone, warnings, milliseconds: since(beganAt) };
}

/** Commands that are currently invalid and have output from an earlier build. */
function keptOf(previous: Manifest | undefined, bad: ReadonlySet<string>): CommandFacts[] {
  return (previous?.commands ?? []).filter(({ file, name }) => bad.has(file) && isBuilt(name));
}

/**
 * The build's folders with symlinks resolved, as esbuild resolves them. The root may be a symlink, such as `current`.
 */
function realPaths(): Omit<BuildFolder, "vendor"> {
  const root = realpathSync(paths.root);
  return {
    root,
    home: realpathSync(lajuHome(paths.root)),
    build: join(root, relative(paths.root, paths.build)),
  };
}

/** The report if laju's own code could not be compiled and no earlier build exists. */
function notBuilt(problems: CommandProblem[], beganAt: Date): BuildReport {
  const nothing = { built: [], kept: [], removed: [], alone: [], warnings: [] };
  return { ...nothing, problems, milliseconds: since(beganAt) };
}

/** Writes the manifest. Must be called last, so that every file that the manifest names exists. */
function writeManifest(manifest: Manifest, beganAt: Date): void {
  const inputs = Object.fromEntries(Object.entries(manifest.inputs).sort());
  writeIfChanged(paths.manifest, `${JSON.stringify({ ...manifest, inputs }, null, 2)}\n`);
  // Set the mtime to the start of the build, so that a source saved during the build counts as newer.
  utimesSync(paths.manifest, beganAt, beganAt);
}

/** The problems of handlers, except those already reported because a command that uses handlers failed to build. */
function unreported(problems: CommandProblem[], reported: CommandProblem[]): CommandProblem[] {
  const messages = new Set(reported.flatMap(({ message }) => message.split("\n")));
  return problems.filter(({ message }) => !messages.has(message.split("\n", 1)[0] as string));
}

/**
 * Replaces laju's own files in a list of inputs with its package.json. A package's files change only with its version.
 */
function ownInputs(inputs: string[], context: Omit<BuildFolder, "vendor">): string[] {
  const lajus = context.home === context.root ? [] : [pathFromRoot("package.json", context)];
  return [...inputs.filter(isSource), ...lajus];
}

function since(moment: Date): number {
  return Date.now() - moment.getTime();
}

function isBuilt(name: string): boolean {
  return existsSync(join(paths.build, "commands", `${name}.js`));
}

function hashes(files: string[], cache: BuildCache): Record<string, string> {
  return Object.fromEntries([...new Set(files)].map((file) => [file, cache.hashOf(file) ?? ""]));
}

/**
 * Removes compiled commands whose source was deleted or is no longer a command. Otherwise cron could still run them.
 */
function removeStale(commands: CommandFacts[]): Removed[] {
  const folder = join(paths.build, "commands");
  const names = new Set(commands.map(({ name }) => name));
  const stale = readdirOrNone(folder).filter((file) => {
    const match = /^(.*)\.m?js(\.map)?$/.exec(file);
    return match !== null && !names.has(match[1] as string);
  });
  for (const file of stale) rmSync(join(folder, file), { force: true });
  const removed = stale.filter((file) => file.endsWith(".js")).map((file) => file.replace(/\.js$/, ""));
  return removed.map((name) => ({
    name,
    why: existsSync(join(paths.commands, `${name}.ts`))
      ? "it is no longer a command"
      : "its source was deleted",
  }));
}

function readdirOrNone(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: "utf8" }) : [];
}
