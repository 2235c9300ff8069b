import { existsSync, realpathSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import { LajuError } from "./errors";
import { starterSettings } from "./launch";
import { readText } from "./readText";

/**
 * The app's root: the nearest folder above the running program whose package.json has a `laju` field. The location of
 * laju's own code doesn't help: it may be in the app's node_modules, above a workspace, in pnpm's store or behind a
 * symlink.
 */
export function findRoot(): string | undefined {
  if (process.env.LAJU_ROOT) return resolve(process.env.LAJU_ROOT);
  // This file is in build/. Start the search above build/, to avoid reading build/package.json at each start.
  if (typeof LAJU_BUILT !== "undefined") return appAbove(join(import.meta.dirname, "../../.."));
  const own = join(import.meta.dirname, "../..");
  const program = programFolder();
  // Without a program of the app, as in vitest, start with the working directory, which is probably the app's.
  const places = program === undefined ? [process.cwd(), own] : [program, own, process.cwd()];
  return places.map(appAbove).find((folder) => folder !== undefined);
}

/**
 * The folder in which the search for the app began, if this process is a command or verb. Undefined in a tool such as
 * vitest, which only imports laju.
 */
export function searchedFrom(): string | undefined {
  return typeof LAJU_BUILT === "undefined" ? programFolder() : join(import.meta.dirname, "../../..");
}

/** The nearest folder that contains an app: this one, or one above it. */
export function appAbove(folder: string): string | undefined {
  if (isApp(folder)) return folder;
  return folder === dirname(folder) ? undefined : appAbove(dirname(folder));
}

function isApp(folder: string): boolean {
  const file = join(folder, "package.json");
  if (!existsSync(file)) return false;
  const description = parsed(file);
  return typeof description === "object" && description !== null && "laju" in description;
}

function parsed(file: string): unknown {
  try {
    return JSON.parse(readText(file));
  } catch (cause) {
    // Leave out the part of V8's message that quotes the file.
    const reason = cause.message.replace(/, ".*$/s, "");
    throw new LajuError(`${file} is not valid JSON: ${reason}`, {
      code: "E_PACKAGE_JSON",
      hint: "Correct it, or restore it from version control.",
      cause,
    });
  }
}

/** The running program's folder; undefined if there is no program or it is in node_modules. */
function programFolder(): string | undefined {
  const { isUnderPm2, pm2Script } = starterSettings();
  // Under pm2, the main file is pm2's own, and an environment variable names the actual script.
  const file = (isUnderPm2 ? pm2Script : undefined) ?? process.argv[1];
  const folder = file && dirname(file);
  if (!folder || !existsSync(folder)) return undefined;
  const real = realpathSync(folder);
  return `${real}${sep}`.includes(`${sep}node_modules${sep}`) ? undefined : real;
}
