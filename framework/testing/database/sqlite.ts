import { constants, copyFileSync, existsSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { paths } from "../../config/config";
import { makeFolder } from "../../files/makeFolder";
import { migrate } from "./migrate";
import { templateName } from "./templateName";
import type { TestDatabase } from "./testDatabase";

/** Migrates one file for all processes of a test run, and gives each test a copy of it. */
export function sqliteTests(file: string): TestDatabase {
  const remove = () => {
    for (const end of ["", "-wal", "-shm", "-migrating"]) rmSync(file + end, { force: true });
  };
  return {
    url: pathToFileURL(file).href,
    async fresh() {
      const template = await templateFile();
      makeFolder(dirname(file));
      remove();
      copyFileSync(template, file, constants.COPYFILE_FICLONE);
    },
    remove: async () => remove(),
  };
}

/**
 * The migrated file. It is in the folder that contains the processes' data folders, where a later test run deletes it.
 */
async function templateFile(): Promise<string> {
  const file = join(dirname(paths.data), `${templateName()}.sqlite3`);
  if (existsSync(file)) return file;
  // Another process may do this at the same time. Each writes its own file, and the last one renamed is used from then
  // on.
  const draft = join(paths.data, "template.sqlite3");
  await migrate(pathToFileURL(draft).href);
  renameSync(draft, file);
  rmSync(`${draft}-migrating`, { force: true });
  return file;
}
