import { existsSync, realpathSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import { LajuError } from "./errors";
import { starterSettings } from "./launch";
import { readText } from "./readText";

/**
 * The app's root: the nearest folder above the running program whose package.json has a `laju` field. The root cannot
 * be derived from where laju's own code is, which may be the app's node_modules, a folder above a workspace, pnpm's
 * store or behind a symlink.
 */
export function findRoot(): string | undefined {
  if (process.env.LAJU_ROOT) return resolve(process.env.LAJU_ROOT);
  // A compiled file is in build/. Start the search above build/, to avoid reading build/package.json at each start.
  if (typeof LAJU_BUILT !== "undefined") return appAbove(join(import.meta.dirname, "../../.."));
  const own = join(import.meta.dirname, "../..");
  const program = programFolder();
  // A tool such as vitest is not part of the app, so the working directory is a better clue.
  const places = program === undefined ? [process.cwd(), own] : [program, own, process.cwd()];
  return places.map(appAbove).find((folder) => folder !== undefined);
}

/**
 * Where the search for the app began, if this process is one of its commands or verbs. Undefined in a tool such as vitest,
 * which only imports laju.
 */
export function searchedFrom(): string | undefined {
  return typeof LAJU_BUILT === "undefined" ? programFolder() : join(import.meta.dirname, "../../..");
}

/** The nearest folder with an app, from this one up. */
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
    // V8's message also quotes the file's text. Leave that out.
    const reason = cause.message.replace(/, ".*$/s, "");
    throw new LajuError(`${file} is not valid JSON: ${reason}`, {
      code: "E_PACKAGE_JSON",
      hint: "Correct it, or restore it from version control.",
      cause,
    });
  }
}

/** The running program's folder; undefined without a program or for one in node_modules. */
function programFolder(): string | undefined {
  const { isUnderPm2, pm2Script } = starterSettings();
  // pm2 starts its own container script, and passes the actual script's name in the environment.
  const file = (isUnderPm2 ? pm2Script : undefined) ?? process.argv[1];
  const folder = file && dirname(file);
  if (!folder || !existsSync(folder)) return undefined;
  const real = realpathSync(folder);
  return `${real}${sep}`.includes(`${sep}node_modules${sep}`) ? undefined : real;
}
