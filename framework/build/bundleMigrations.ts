import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { appImports } from "./bundle/appImports";
import type { BuildContext } from "./bundle/buildContext";
import { type Attempt, attempt, bundle } from "./bundle/bundle";
import { fromRoot } from "./bundle/lajuFiles";
import { appAlias, externalPackages } from "./bundle/packagePlugins";

/** Compiles the app's and laju's migrations to build/…/migrations/*.js, where the compiled `migrate` looks for them. */
export async function bundleMigrations(context: BuildContext): Promise<Attempt> {
  const apps = await bundleFolder("app/migrations", context);
  const lajus = await bundleFolder("framework/migrations", { ...context, root: context.home });
  const { outputs, inputs, problems } = fromRoot(lajus, context);
  return {
    outputs: [...apps.outputs, ...outputs],
    inputs: [...apps.inputs, ...inputs],
    problems: [...apps.problems, ...problems],
  };
}

async function bundleFolder(folder: string, context: BuildContext): Promise<Attempt> {
  const { root } = context;
  const files = existsSync(join(root, folder)) ? readdirSync(join(root, folder)) : [];
  const entries = files
    .filter((file) => /\.[jt]s$/.test(file) && !file.endsWith(".d.ts"))
    .map((file) => ({ in: join(root, folder, file), out: `${folder}/${file.replace(/\.[jt]s$/, "")}` }));
  if (entries.length === 0) return { outputs: [], inputs: [], problems: [] };
  const plugins = [appAlias(root), appImports(root, "cjs"), externalPackages(() => true)];
  return attempt(folder, () => bundle(entries, { ...context, format: "cjs", plugins }));
}
