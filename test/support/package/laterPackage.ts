import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The version of the later package. */
export const laterVersion = "99.0.0";

/** The migration that only the later package contains. */
export const laterMigration = "20991231000000_create_later_table";

/**
 * Makes the package of a later version of laju from this one's package: another template, one more migration, and other
 * crontab lines. Returns the path of its file, which is next to this one's.
 */
export function makeLaterPackage(tarball: string): string {
  const folder = mkdtempSync(join(tmpdir(), "laju-later-"));
  try {
    execFileSync("tar", ["-xzf", tarball, "-C", folder]);
    changeEverything(join(folder, "package"));
    const file = join(tarball, "..", `laju-${laterVersion}.tgz`);
    execFileSync("tar", ["-czf", file, "-C", folder, "package"]);
    return file;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function changeEverything(laju: string): void {
  const template = join(laju, "framework/new/template");
  edit(join(laju, "package.json"), /"version": "[^"]+"/, `"version": "${laterVersion}"`);
  edit(join(template, "README.md"), "| tests: `npm test` |", "| the tests that `npm test` runs |");
  edit(
    join(template, "tsconfig.json"),
    '"strict": true,',
    '"strict": true,\n    "noImplicitOverride": true,',
  );
  edit(join(template, "crontab.example"), /^/, "# Later.\n");
  writeFileSync(join(template, "NOTES.md"), "Notes on {{ name }}.\n");
  writeFileSync(join(laju, "framework/migrations", `${laterMigration}.js`), migration);
  edit(join(laju, "framework/crontab/text/line.js"), /&& (?=\$\{start\})/, "&& exec ");
}

const migration = `
export const up = (knex) => knex.schema.createTable("later", (table) => { table.increments(); });
export const down = (knex) => knex.schema.dropTable("later");
`;

function edit(file: string, from: string | RegExp, to: string): void {
  const before = readFileSync(file, "utf8");
  const after = before.replace(from, to);
  if (after === before) throw new Error(`${file} has no ${from}`);
  writeFileSync(file, after);
}
