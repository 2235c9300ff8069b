import { existsSync, realpathSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { OnResolveArgs, OnResolveResult, Plugin, ResolveOptions } from "esbuild";
import { packageImport } from "./packageImport";

/** Marks this plugin's own calls of `resolve`, so that the plugin ignores them. */
export const asked = "laju-app-imports";

/** The first words of the error message for an import that only works in an ES module (see `needsModule`). */
const moduleOnly = "Only an ES module can import";

type Resolve = (path: string, options: ResolveOptions) => Promise<OnResolveResult & { path: string }>;

/**
 * Resolves imports in the app's files as tsx does: `paths` and `baseUrl` in tsconfig.json, `imports` in package.json,
 * TypeScript packages of a workspace, and file URLs. Leaves other packages to other plugins. If an import can't be
 * resolved, the build reports it with its position; otherwise it would only fail when cron starts the command.
 */
export function appImports(root: string, format: "cjs" | "esm"): Plugin {
  return {
    name: "app-imports",
    setup({ onResolve, resolve }) {
      const known = new Map<string, Promise<OnResolveResult | undefined>>();
      onResolve({ filter: /^[^./]/ }, (args) => {
        if (isOthers(args)) return undefined;
        const key = [args.path, args.kind, args.resolveDir].join("\0");
        const result = known.get(key) ?? resolved(args, { root, format, resolve: resolve as Resolve });
        known.set(key, result);
        return result;
      });
    },
  };
}

/** Whether this error would not occur if the command were compiled to an ES module. */
export function needsModule(text: string): boolean {
  return text.startsWith("Top-level await") || text.startsWith(moduleOnly);
}

interface Context {
  root: string;
  format: "cjs" | "esm";
  resolve: Resolve;
}

function isOthers({ path, kind, namespace, importer, pluginData }: OnResolveArgs): boolean {
  return (
    pluginData === asked ||
    kind === "entry-point" ||
    namespace !== "file" ||
    isBuiltin(path) ||
    /^(laju[-/]|app\/|data:)/.test(path) ||
    isPackageFile(importer)
  );
}

async function resolved(args: OnResolveArgs, context: Context): Promise<OnResolveResult | undefined> {
  const { path } = args;
  if (path.startsWith("file:")) return asFile(fileURLToPath(path), args, context);
  const imported = path.startsWith("#") ? packageImport(path, args) : undefined;
  if (imported === undefined) return ofPackage(args, context);
  const { target, folder } = imported;
  if (target.startsWith("./")) return ofPackage({ ...args, path: target, resolveDir: folder }, context, path);
  // The build's package.json has no `imports`, so replace the name with that of the package.
  if (isBuiltin(target)) return { path: target, external: true };
  return (await ofPackage({ ...args, path: target }, context, path)) ?? { path: target, external: true };
}

/**
 * Resolves a name through tsconfig.json, package.json or a workspace. Undefined for a package in node_modules, which
 * other plugins resolve.
 */
async function ofPackage(
  args: OnResolveArgs,
  context: Context,
  written = args.path,
): Promise<OnResolveResult | undefined> {
  const found = await ask(args.kind, args, context);
  if (found.errors?.length) return isOptional(args) ? undefined : { errors: [{ text: notFound(written) }] };
  const name = packageName(args.path);
  if (!isPackageFile(found.path)) {
    // A package of the same workspace. Node can load it directly unless it is TypeScript.
    const isJavaScript = !/\.[cm]?tsx?$/.test(found.path) && isLinked(found.path, name, context.root);
    return isJavaScript ? undefined : asFile(found.path, args, context);
  }
  if (!found.path.includes(`/node_modules/${name}/`)) return { path: found.path };
  const isImported = context.format === "cjs" && args.kind === "import-statement";
  if (!isImported || !(await ask("require-call", args, context)).errors?.length) return undefined;
  return { errors: [{ text: `${moduleOnly} "${args.path}"` }] };
}

function ask(
  kind: OnResolveArgs["kind"],
  { path, importer, resolveDir }: OnResolveArgs,
  { resolve }: Context,
) {
  return resolve(path, { kind, importer, resolveDir, namespace: "file", pluginData: asked });
}

/** Resolves a file by its full path, so that other plugins, such as the shared bundle's, can handle it too. */
function asFile(path: string, { kind, importer, resolveDir }: OnResolveArgs, { resolve }: Context) {
  return resolve(path, { kind, importer, resolveDir });
}

/**
 * Whether a file belongs to a package that node_modules links to. Otherwise the name comes from `paths` or `imports`.
 */
function isLinked(path: string, name: string, root: string): boolean {
  const link = join(root, "node_modules", name);
  return couldBePackage.test(name) && existsSync(link) && path.startsWith(`${realpathSync(link)}/`);
}

function isPackageFile(path: string): boolean {
  return path.includes("/node_modules/");
}

/** "lodash/fp" → "lodash", "@aws-sdk/client-s3/dist" → "@aws-sdk/client-s3". */
function packageName(path: string): string {
  return path
    .split("/")
    .slice(0, path.startsWith("@") ? 2 : 1)
    .join("/");
}

const couldBePackage = /^(@[a-z0-9][\w.-]*\/)?[a-z0-9][\w.-]*(\/|$)/i;

/** Whether a missing package may be fine: `require()` and `import()` can be in code that works without it. */
function isOptional({ kind, path }: OnResolveArgs): boolean {
  return kind !== "import-statement" && couldBePackage.test(path);
}

function notFound(path: string): string {
  const hint = couldBePackage.test(path)
    ? `Install it (npm install ${packageName(path)}) or correct its name.`
    : "Fix the import, paths in tsconfig.json, or imports in package.json.";
  return `cannot find a file or package for "${path}"\n  ${hint}`;
}
