import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { paths } from "../../config/config";
import { LajuError } from "../../config/errors";

/** The program beside this file, as source or compiled. */
const program = join(import.meta.dirname, `migrateProgram.${import.meta.url.endsWith(".ts") ? "ts" : "js"}`);

/**
 * Migrates a database in a process of its own: migrations are TypeScript, which the test runner's own loader may not give to
 * laju's modules.
 */
export function migrate(url: string): Promise<void> {
  const args = ["--import", tsx(), program];
  const env = { ...process.env, TEST_DATABASE_URL: url, DATABASE_URL: url, LAJU_ROOT: paths.root };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: paths.root, env }, (error, stdout, stderr) => {
      if (error === null) resolve();
      else reject(failed(stderr.trim() || stdout.trim() || error.message));
    });
  });
}

/** What lets Node load TypeScript. */
export function tsx(): string {
  return pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
}

function failed(reason: string): LajuError {
  return new LajuError(`the tests' database can't be migrated: ${reason}`, {
    code: "E_TEST_MIGRATION",
    hint: "Tests run the migrations of app/migrations; NODE_ENV=test node laju migrate shows more.",
  });
}
