import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Attempt, appAlias, attempt, bundle, type Entry, externalPackages, type Place } from "./bundle";

/** Tools that only development has; verbs that need them load them when called. */
const developmentTools = ["esbuild", "oxc-parser", "tsx"];

/** Compiles laju's verbs into build/laju.js, with small packages inside, so that production needs no others. */
export async function bundleCli(place: Place): Promise<Attempt> {
  const source = "commands/index.ts";
  if (!existsSync(join(place.root, source))) return { outputs: [], inputs: [], problems: [] };
  return bundleOwn(source, [{ in: join(place.root, source), out: "laju" }], place);
}

/**
 * Compiles what commands load only when they need it: build/watchdog.js, the thread beside a command with a
 * time limit, and build/overrides.js, for a command that schedule.json says something of.
 */
export async function bundleRuntime(place: Place): Promise<Attempt> {
  const entries = [
    { in: join(place.root, "app/runs/watchdog.ts"), out: "watchdog" },
    { in: join(place.root, "app/console/overriddenStart.ts"), out: "overrides" },
  ];
  return bundleOwn("app/runs/watchdog.ts", entries, place);
}

function bundleOwn(file: string, entries: Entry[], place: Place): Promise<Attempt> {
  const { dependencies } = JSON.parse(readFileSync(join(place.root, "package.json"), "utf8"));
  const outside = [...Object.keys(dependencies ?? {}), ...developmentTools];
  const isExternal = (name: string) => outside.some((one) => name === one || name.startsWith(`${one}/`));
  const plugins = [appAlias(place.root), externalPackages(isExternal)];
  return attempt(file, () => bundle(entries, { ...place, format: "cjs", plugins }));
}
