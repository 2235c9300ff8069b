#!/usr/bin/env node
// Starts laju's command line: the compiled one while it is not older than its sources, else the sources.
import { existsSync, readdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(fileURLToPath(import.meta.url));
const compiled = join(root, "build", "laju.js");
const require = createRequire(import.meta.url);

if (existsSync(compiled) && (isCurrent() || !canRunSources())) {
  require(compiled);
} else if (canRunSources()) {
  const { register } = await import("tsx/esm/api");
  register();
  await import("./commands/index.ts");
} else {
  console.error("laju is not built, and tsx, which runs it from its sources, is not installed.");
  console.error("  Run npm ci && npm run build, or bring build/ along.");
  process.exit(1);
}

/** The build's manifest carries the time at which the last build began. */
function isCurrent() {
  const manifest = join(root, "build", "commands.json");
  if (!existsSync(manifest)) return false;
  const builtAt = statSync(manifest).mtimeMs;
  return ["app", "commands/native", "commands/index.ts", "scripts/build"].every(
    (path) => !isNewer(join(root, path), builtAt),
  );
}

function isNewer(path, time) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return false;
  // A folder's own time tells of files that were added, removed or renamed in it.
  if (stat.mtimeMs > time) return true;
  return stat.isDirectory() && readdirSync(path).some((name) => isNewer(`${path}/${name}`, time));
}

function canRunSources() {
  if (!existsSync(join(root, "commands", "index.ts"))) return false;
  try {
    require.resolve("tsx/esm/api");
    return true;
  } catch {
    return false;
  }
}
