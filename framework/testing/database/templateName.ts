import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { paths } from "../../config/config";
import { migrationFolders } from "../../services/database/migrations";

/**
 * The name of the migrated database that all processes of a test run share. It contains the process id of the test
 * runner, so that each test run migrates again, and a hash of the migrations, because in vitest's watch mode they can
 * change between two executions.
 */
export function templateName(): string {
  const files = migrationFolders.flatMap(filesIn);
  const all = files.some(isOpen) ? [...files, ...filesIn(paths.app)] : files;
  const stamps = all.map((file) => `${file} ${statSync(file).size} ${statSync(file).mtimeMs}`);
  const hash = createHash("sha256").update(stamps.join("\n")).digest("hex");
  return `${process.ppid}-${hash.slice(0, 12)}`;
}

/**
 * Whether migrations create schemas or contain names of schemas. Then a schema per test is not enough: each test needs
 * its own database.
 */
export function nameSchemas(): boolean {
  const naming = /\bcreate\s+schema\b|\b(createSchema|withSchema)\w*\(/i;
  return migrationFolders.flatMap(filesIn).some((file) => naming.test(readFileSync(file, "utf8")));
}

/** Whether a migration imports files from outside its folder. */
function isOpen(file: string): boolean {
  return /\b(from|import|require)\b\s*\(?\s*["'](\.\.|app\/|#)/.test(readFileSync(file, "utf8"));
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch {
    return []; // The app has no migrations folder.
  }
}
