import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { appImports } from "./bundle/appImports";
import { type Attempt, attempt, bundle } from "./bundle/bundle";
import { appAlias, externalPackages } from "./bundle/packagePlugins";
import type { Place } from "./bundle/place";

const folders = ["app/migrations", "framework/migrations"];

/** Compiles the app's migrations and laju's own to build/…/migrations/*.js, where the compiled CLI finds them. */
export async function bundleMigrations(place: Place): Promise<Attempt> {
  const { root } = place;
  const files = folders.flatMap((folder) =>
    existsSync(join(root, folder)) ? readdirSync(join(root, folder)).map((file) => `${folder}/${file}`) : [],
  );
  const entries = files
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"))
    .map((file) => ({ in: join(root, file), out: file.replace(/\.ts$/, "") }));
  if (entries.length === 0) return { outputs: [], inputs: [], problems: [] };
  const plugins = [appAlias(root), appImports(root, "cjs"), externalPackages(() => true)];
  return attempt("app/migrations", () => bundle(entries, { ...place, format: "cjs", plugins }));
}
