import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { checkFolder } from "./checkFolder";
import {
  appDescription,
  appSettings,
  type DatabaseChoice,
  type LajuDescription,
  packageName,
} from "./description";
import { commitAll, installPackages, packageManager, startRepository } from "./programs";
import { putTarball, tarballName } from "./tarball";
import { filled, templateFiles } from "./templateFiles";

export interface NewAppOptions {
  database: DatabaseChoice;
  examples: boolean;
  git: boolean;
  install: boolean;
}

/** A new app before anything is written. */
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
 * Plans everything that a new app consists of. Throws a LajuError if the folder is in use. `home` is laju's
 * own folder.
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
  // It would make the app a workspace of its own.
  if (isAbove("pnpm-workspace.yaml", folder)) files.delete("pnpm-workspace.yaml");
  // Existing files belong to the user, such as a README created by a hosting service.
  for (const path of files.keys()) if (existsSync(join(folder, path))) files.delete(path);
  return { folder, name, version: laju.version, files, tarball, options };
}

/**
 * Makes the app. `report` is told of each step that takes a while. Returns what is left for the user to do or know, such as
 * a first commit that git refused.
 */
export async function makeApp(
  home: string,
  plan: AppPlan,
  report: (step: string) => void,
): Promise<string | undefined> {
  const { folder, files, options, tarball, version } = plan;
  // The package comes first: if it can't be made, nothing is left behind.
  await putTarball(home, version, join(folder, tarball), report);
  for (const [path, text] of files) writeFile(join(folder, path), text);
  const hasRepository = options.git && startRepository(folder);
  if (options.install) {
    report(`Installing its packages with ${packageManager()}`);
    installPackages(folder);
  }
  if (!hasRepository) return undefined;
  const refusal = commitAll(folder, `Start from laju ${version}`);
  return refusal && `The first commit is yours to make, because git said: ${refusal}`;
}

function isAbove(name: string, folder: string): boolean {
  const parent = dirname(folder);
  return parent !== folder && (existsSync(join(parent, name)) || isAbove(name, parent));
}

function writeFile(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  // .env may later contain passwords.
  const mode = basename(file) === ".env" ? 0o600 : basename(file).endsWith(".sh") ? 0o777 : 0o666;
  writeFileSync(file, text, { flag: "wx", mode });
}
