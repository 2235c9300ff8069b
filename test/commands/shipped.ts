import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { appParts } from "../support/apps/appParts";

const project = join(import.meta.dirname, "..", "..");

const names = [
  "BackupDatabase",
  "CleanBackups",
  "CleanupOldData",
  "PublishScheduledPosts",
  "RestoreDatabase",
  "SendDailyDigest",
  "SyncExternalData",
  "WarmCache",
  "Worker",
  "reports/Monthly",
];

/** The shipped examples that still exist. Users may delete some of them and add commands of their own. */
export const shipped = names.filter((name) => existsSync(pathOf(name)));

export const areAllHere = shipped.length === names.length;

/** The examples' files, and the files in app/ that they use, for an app in a test. */
export function shippedFiles(): Record<string, string> {
  const used = ["migrations", "services", "views"].flatMap((folder) => filesIn(`app/${folder}`));
  const files = [...shipped.map((name) => `commands/${name}.ts`), ...used];
  return Object.fromEntries(
    files
      .filter((file) => !appParts.includes(file))
      .map((file) => [file, readFileSync(join(project, file), "utf8")]),
  );
}

function filesIn(folder: string): string[] {
  if (!existsSync(join(project, folder))) return [];
  return readdirSync(join(project, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(project, join(entry.parentPath, entry.name)));
}

export function pathOf(name: string): string {
  return join(project, "commands", `${name}.ts`);
}
