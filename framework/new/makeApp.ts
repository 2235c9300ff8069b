import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { LajuError } from "../config/errors";
import { checkFolder } from "./checkFolder";
import {
  appDescription,
  appSettings,
  type DatabaseChoice,
  type LajuDescription,
  packageName,
} from "./description";
import { commitAll, hasGit, installPackages, packageManager, startRepository } from "./programs";
import { putTarball } from "./tarball";
import { tarballName } from "./tarballName";
import { filled, templateFiles } from "./templateFiles";

export interface NewAppOptions {
  database: DatabaseChoice;
  examples: boolean;
  git: boolean;
  install: boolean;
}

/** What `new` is going to write. */
export interface AppPlan {
  folder: string;
  name: string;
  version: string;
  /** File contents by path. */
  files: Map<string, string>;
  tarball: string;
  options: NewAppOptions;
}

/**
 * Plans the files of a new app. Throws a LajuError if the folder contains other files already. `home` is laju's own
 * folder.
 */
export function planApp(home: string, folder: string, options: NewAppOptions): AppPlan {
  checkFolder(folder);
  const laju: LajuDescription = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
  const name = packageName(basename(folder));
  const tarball = `vendor/${tarballName(laju.version)}`;
  const description = appDescription(name, `file:${tarball}`, laju);
  const files = new Map([
    ["package.json", `${JSON.stringify(description, null, 2)}\n`],
    [".env", appSettings(name, options.database)],
    ...[...templateFiles(home, options)].map(([path, text]) => [path, filled(text, name)] as const),
  ]);
  // Leave out pnpm-workspace.yaml inside a pnpm workspace, because it would make the app a workspace of its own.
  if (isAbove("pnpm-workspace.yaml", folder)) files.delete("pnpm-workspace.yaml");
  // Keep files that already exist, such as a README created by a hosting service.
  for (const path of files.keys()) if (existsSync(join(folder, path))) files.delete(path);
  return { folder, name, version: laju.version, files, tarball, options };
}

/**
 * Creates the app. Calls `report` before each step that takes a while. Returns a sentence if there is something left
 * for the user to do, such as a first commit that git refused.
 */
export async function makeApp(
  home: string,
  plan: AppPlan,
  report: (step: string) => void,
): Promise<string | undefined> {
  const { folder, files, options, tarball, version } = plan;
  await completely(folder, async () => {
    await putTarball(home, version, join(folder, tarball), report);
    for (const [path, text] of files) writeFile(join(folder, path), text);
  });
  const hasRepository = options.git && startRepository(folder);
  if (options.install) {
    report(`Installing packages with ${packageManager()}`);
    installPackages(folder);
  }
  if (options.git && !hasGit()) {
    return "There is no git repository, because git is not installed. `node laju upgrade` needs one later.";
  }
  if (!hasRepository) return undefined;
  const refusal = commitAll(folder, `Start from laju ${version}`);
  return refusal && `Make the first commit yourself, because git failed: ${refusal}`;
}

/** Calls `write`. If it fails, for example because the disk is full, removes all files that it created. */
async function completely(folder: string, write: () => Promise<void>): Promise<void> {
  const before = existsSync(folder) ? readdirSync(folder) : undefined;
  try {
    await write();
  } catch (error) {
    const made = before === undefined ? [folder] : newIn(folder, before);
    for (const path of made) rmSync(path, { recursive: true, force: true });
    if (error.errno === undefined) throw error;
    const reason = error.message.replace(/^E\w+: |, \w+ '.*$/g, "");
    throw new LajuError(`cannot create ${folder}: ${reason}`, { code: "E_FOLDER", cause: error });
  }
}

function newIn(folder: string, before: readonly string[]): string[] {
  const added = readdirSync(folder).filter((name) => !before.includes(name));
  return added.map((name) => join(folder, name));
}

function isAbove(name: string, folder: string): boolean {
  const parent = dirname(folder);
  return parent !== folder && (existsSync(join(parent, name)) || isAbove(name, parent));
}

function writeFile(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  // Keep .env private, because it will contain passwords.
  const mode = basename(file) === ".env" ? 0o600 : basename(file).endsWith(".sh") ? 0o777 : 0o666;
  writeFileSync(file, text, { flag: "wx", mode });
}
