import { accessSync, constants, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Whether a program that tests need is installed: `describe.skipIf(need.skip)(`Redis${need.label}`, …)`. */
export interface Requirement {
  skip: boolean;
  /** A text such as " (needs redis-server)", so that the title of a skipped test says what is missing. */
  label: string;
  /** The program's path, if it is installed. */
  path: string | undefined;
}

/** Looks for one of these programs. With CI=true, tests are not skipped, so a missing program makes them fail. */
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

/** The folders in which to look for programs: those in PATH, sbin, and Debian's folders of PostgreSQL by version. */
function folders(): string[] {
  const onPath = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  return [...onPath, "/usr/sbin", "/usr/local/sbin", ...postgresFolders()];
}

function postgresFolders(): string[] {
  try {
    const versions = readdirSync("/usr/lib/postgresql").sort((a, b) => Number(b) - Number(a));
    return versions.map((version) => join("/usr/lib/postgresql", version, "bin"));
  } catch {
    // There is no such folder, because this system is not laid out like Debian. Look only in PATH.
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
