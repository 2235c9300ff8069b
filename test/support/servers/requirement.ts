import { accessSync, constants, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Whether tests that need a program can run: `describe.skipIf(need.skip)(`Redis${need.label}`, …)`. */
export interface Requirement {
  skip: boolean;
  /** " (needs redis-server)", so that the name of a skipped test says what is missing. */
  label: string;
  /** The program's path, if it was found. */
  path: string | undefined;
}

/** One of these programs. With CI=true, no test is skipped: a missing program fails the tests that need it. */
export function needs(...programs: string[]): Requirement {
  const path = programs.map(findProgram).find((found) => found !== undefined);
  return {
    skip: path === undefined && process.env.CI !== "true",
    label: ` (needs ${programs.join(" or ")})`,
    path,
  };
}

/** The path of a required program. Throws an error that names the program if it is missing. */
export function programPath(...programs: string[]): string {
  const { path } = needs(...programs);
  if (path === undefined) throw new Error(`the tests need ${programs.join(" or ")}, which is not installed`);
  return path;
}

function findProgram(program: string): string | undefined {
  return folders()
    .map((folder) => join(folder, program))
    .find(isExecutable);
}

/** The folders in PATH, and those where Debian keeps servers: sbin, and PostgreSQL's by version. */
function folders(): string[] {
  const onPath = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  return [...onPath, "/usr/sbin", "/usr/local/sbin", ...postgresFolders()];
}

function postgresFolders(): string[] {
  try {
    const versions = readdirSync("/usr/lib/postgresql").sort((a, b) => Number(b) - Number(a));
    return versions.map((version) => join("/usr/lib/postgresql", version, "bin"));
  } catch {
    // Not Debian's layout: only PATH is searched.
    return [];
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
