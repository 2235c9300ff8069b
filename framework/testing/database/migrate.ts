import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { paths } from "../../config/config";
import { LajuError } from "../../config/errors";

/** The program that migrates, next to this file: TypeScript in the repository, JavaScript in the package. */
const program = join(import.meta.dirname, `migrateProgram.${import.meta.url.endsWith(".ts") ? "ts" : "js"}`);

/**
 * Migrates a database in a separate process, because migrations are TypeScript and the test runner's loader may not
 * apply to them. With PostgreSQL, also writes the statements that the migrations execute to the file `record`, unless
 * they can't be repeated.
 */
export function migrate(url: string, record = ""): Promise<void> {
  const args = ["--import", tsx(), program];
  const own = { TEST_DATABASE_URL: url, DATABASE_URL: url };
  const env = { ...process.env, ...own, LAJU_ROOT: paths.root, LAJU_TEST_RECORD: record };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: paths.root, env }, (error, stdout, stderr) => {
      if (error === null) resolve();
      else reject(failed(stderr.trim() || stdout.trim() || error.message));
    });
  });
}

/** The URL of the loader that makes Node run TypeScript. */
export function tsx(): string {
  return pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
}

function failed(reason: string): LajuError {
  return new LajuError(`the test database cannot be migrated: ${reason}`, {
    code: "E_TEST_MIGRATION",
    hint: "Tests run the migrations of app/migrations; NODE_ENV=test node laju migrate shows the details.",
  });
}
