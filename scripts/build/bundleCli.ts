import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { appAlias, type Bundled, bundle, externalPackages, type Place } from "./bundle";

/** Tools that only development has; verbs that need them load them when called. */
const developmentTools = ["esbuild", "oxc-parser", "tsx"];

/** Compiles laju's verbs into build/laju.js, with small packages inside, so that production needs no others. */
export async function bundleCli(place: Place): Promise<Bundled> {
  const { root } = place;
  const source = join(root, "commands", "index.ts");
  if (!existsSync(source)) return { outputs: [], inputs: [] };
  const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const outside = [...Object.keys(dependencies ?? {}), ...developmentTools];
  const isExternal = (name: string) => outside.some((one) => name === one || name.startsWith(`${one}/`));
  const plugins = [appAlias(root), externalPackages(isExternal)];
  return bundle([{ in: source, out: "laju" }], { ...place, format: "cjs", plugins });
}
