import { constants, copyFileSync, existsSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { paths } from "../../config/config";
import { makeFolder } from "../../files/makeFolder";
import { migrate } from "./migrate";
import { templateName } from "./templateName";
import type { TestDatabase } from "./testDatabase";

/** Migrates once for all processes of a test run, and gives each test a copy of the migrated file. */
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

/** The migrated file. It is next to the folders of the processes, where later test runs remove leftovers. */
async function templateFile(): Promise<string> {
  const file = join(dirname(paths.data), `${templateName()}.sqlite3`);
  if (existsSync(file)) return file;
  // Two processes may do this at once. Each creates a file of its own, and the last one to rename its file wins.
  const draft = join(paths.data, "template.sqlite3");
  await migrate(pathToFileURL(draft).href);
  renameSync(draft, file);
  rmSync(`${draft}-migrating`, { force: true });
  return file;
}
