import { existsSync, readdirSync, readFileSync, realpathSync, rmSync, utimesSync } from "node:fs";
import { join, relative } from "node:path";
import { paths } from "../../app/config";
import { readManifest } from "../../app/console/buildManifest";
import { readSources, type SourceCommand } from "../../app/console/commandSources";
import { contentHash } from "../../app/console/contentHash";
import { jobFile, jobNames, jobProblems } from "../../app/console/jobSources";
import { writeJobTypes } from "../../app/console/jobTypes";
import {
  byPriority,
  type CommandFacts,
  type CommandProblem,
  type Manifest,
} from "../../app/schedule/manifest";
import { bundleCommands } from "./bundleCommands";
import { bundleMigrations } from "./bundleMigrations";
import { bundlesNamedIn, removeUnused } from "./cachedBundle";
import { bundleCli, bundleRuntime, cacheCli } from "./cli/bundleCli";
import { copyAssets } from "./copyAssets";
import { writeIfChanged, writeOutputs } from "./files";
import { bundleSharedOrKeep, readShared, writeSharedIndex } from "./shared/bundleShared";
import { starterOutputs } from "./starters";
import { bundleVendor } from "./vendor/bundleVendor";

/** What a build did. */
export interface BuildReport {
  built: CommandFacts[];
  /** Commands whose file is bad now and which keep what an earlier build made of them. */
  kept: CommandFacts[];
  removed: string[];
  problems: CommandProblem[];
  warnings: string[];
  milliseconds: number;
}

/**
 * Compiles commands/, app/migrations and laju's own CLI into build/, and writes what was read of the
 * commands to build/commands.json. A bad file stops neither the others nor its own last good output.
 */
export async function buildApp(): Promise<BuildReport> {
  const jobs = jobNames();
  writeJobTypes(jobs);
  const beganAt = new Date();
  const { root, build } = realPaths();
  const previous = existsSync(paths.manifest) ? readManifest() : undefined;
  const sources = readSources();
  writeIfChanged(join(build, "package.json"), `${JSON.stringify({ type: "commonjs" })}\n`);

  const vendor = await bundleVendor({ root, build });
  const folder = { root, build, vendor: vendor.files };
  const { shared, warnings, problems: sharedProblems } = await bundleSharedOrKeep(folder);
  if (shared === undefined) return notBuilt(sharedProblems, beganAt);
  const place = { ...folder, shared };
  const [compiled, migrations, cli, runtime] = await Promise.all([
    bundleCommands(sources.commands, place),
    bundleMigrations(place),
    bundleCli(place),
    bundleRuntime(place),
  ]);
  const problems = [
    ...sources.problems,
    ...untold(jobProblems(jobs), compiled.problems),
    ...compiled.problems,
    ...migrations.problems,
    ...cli.problems,
    ...runtime.problems,
  ];
  const bad = new Set(problems.map(({ file }) => file));
  const built = sources.commands.filter(({ file }) => !bad.has(file)).map(factsOnly);
  const kept = (previous?.commands ?? []).filter(({ file, name }) => bad.has(file) && isBuilt(name));
  const commands = [...built, ...kept].sort(byPriority);

  const starter = join(build, "laju.js");
  const last = [readShared(folder)?.file, ...bundlesNamedIn(starter)];
  writeOutputs(build, [
    ...compiled.outputs,
    ...migrations.outputs,
    ...cli.outputs,
    ...runtime.outputs,
    ...starterOutputs(commands),
  ]);
  const assets = copyAssets({ root, build });
  const inputs = [
    ...compiled.inputs,
    ...migrations.inputs,
    ...cli.inputs,
    ...runtime.inputs,
    ...assets,
    ...jobs.map(jobFile),
    ...[...sources.problems, ...compiled.problems].map(({ file }) => file),
  ];
  writeManifest({ version: 1, commands, jobs, problems, inputs: hashes(inputs) }, beganAt);
  const removed = removeStale(commands);
  removeUnused(build, new Set([shared.file, ...last]));
  writeSharedIndex(folder, shared);
  const uncached = await cacheCli(place);
  return {
    built,
    kept,
    removed,
    problems,
    warnings: [...vendor.warnings, ...warnings, ...uncached],
    milliseconds: since(beganAt),
  };
}

/** Compiles these commands again and leaves everything else of the build as it is: for `build --watch`. */
export async function rebuildCommands(names: string[]): Promise<BuildReport> {
  const beganAt = new Date();
  const { root, build } = realPaths();
  const previous = readManifest();
  const sources = readSources(names);
  const vendor = await bundleVendor({ root, build });
  const shared = readShared({ build });
  if (shared === undefined) return buildApp();
  const place = { root, build, vendor: vendor.files, shared };
  const compiled = await bundleCommands(sources.commands, place);

  const problems = [...sources.problems, ...compiled.problems];
  const bad = new Set(problems.map(({ file }) => file));
  const files = new Set(names.map((name) => `commands/${name}.ts`));
  const built = sources.commands.filter(({ file }) => !bad.has(file)).map(factsOnly);
  const kept = previous.commands.filter(({ file }) => bad.has(file));
  const others = previous.commands.filter(({ file }) => !files.has(file));
  writeOutputs(build, compiled.outputs);
  writeManifest(
    {
      version: 1,
      jobs: jobNames(),
      commands: [...others, ...built, ...kept].sort(byPriority),
      problems: [...previous.problems.filter(({ file }) => !files.has(file)), ...problems],
      inputs: { ...previous.inputs, ...hashes([...compiled.inputs, ...bad]) },
    },
    beganAt,
  );
  return { built, kept, removed: [], problems, warnings: vendor.warnings, milliseconds: since(beganAt) };
}

/** Behind a link (`current`) esbuild names files by their real paths, and so must we. */
function realPaths(): { root: string; build: string } {
  const root = realpathSync(paths.root);
  return { root, build: join(root, relative(paths.root, paths.build)) };
}

/** Before a first good build there is nothing to keep. */
function notBuilt(problems: CommandProblem[], beganAt: Date): BuildReport {
  return { built: [], kept: [], removed: [], problems, warnings: [], milliseconds: since(beganAt) };
}

/** It comes last, so that whoever reads it finds every file it names. */
function writeManifest(manifest: Manifest, beganAt: Date): void {
  const inputs = Object.fromEntries(Object.entries(manifest.inputs).sort());
  writeIfChanged(paths.manifest, `${JSON.stringify({ ...manifest, inputs }, null, 2)}\n`);
  // Its time is the build's beginning: a source saved meanwhile counts as newer.
  utimesSync(paths.manifest, beganAt, beganAt);
}

/** A bad handler is named by the commands that it keeps from being built, if there are any. */
function untold(problems: CommandProblem[], told: CommandProblem[]): CommandProblem[] {
  const messages = new Set(told.flatMap(({ message }) => message.split("\n")));
  return problems.filter(({ message }) => !messages.has(message.split("\n", 1)[0] as string));
}

function since(moment: Date): number {
  return Date.now() - moment.getTime();
}

function factsOnly({ text: _text, hasTopLevelAwait: _await, ...facts }: SourceCommand): CommandFacts {
  return facts;
}

function isBuilt(name: string): boolean {
  return existsSync(join(paths.build, "commands", `${name}.js`));
}

function hashes(files: string[]): Record<string, string> {
  const unique = [...new Set(files)];
  return Object.fromEntries(unique.map((file) => [file, contentHash(readFileSync(join(paths.root, file)))]));
}

/** Compiled commands whose source is gone would otherwise still run. */
function removeStale(commands: CommandFacts[]): string[] {
  const folder = join(paths.build, "commands");
  const names = new Set(commands.map(({ name }) => name));
  const stale = readdirOrNone(folder).filter((file) => {
    const match = /^(.*)\.m?js(\.map)?$/.exec(file);
    return match !== null && !names.has(match[1] as string);
  });
  for (const file of stale) rmSync(join(folder, file), { force: true });
  return stale.filter((file) => file.endsWith(".js")).map((file) => file.replace(/\.js$/, ""));
}

function readdirOrNone(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: "utf8" }) : [];
}
