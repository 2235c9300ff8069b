import { existsSync, realpathSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { OnResolveArgs, OnResolveResult, Plugin, ResolveOptions } from "esbuild";
import { packageImport } from "./packageImport";

/** Marks this plugin's own resolve calls. */
export const asked = "laju-app-imports";

/** How error messages begin for imports that only ES modules support (see `needsModule`). */
const moduleOnly = "Only an ES module can import";

type Resolve = (path: string, options: ResolveOptions) => Promise<OnResolveResult & { path: string }>;

/**
 * Resolves imports in the app's files as tsx does: `paths` and `baseUrl` in tsconfig.json, `imports` in package.json,
 * TypeScript packages of a workspace, and file URLs. Leaves packages to other plugins. An import that can't be resolved
 * is reported by the build, with its position, and not only when cron starts the command.
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

/** Whether a failed build should be retried as an ES module. */
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
  // The build's package.json has no `imports`, so use the package's own name in the output.
  if (isBuiltin(target)) return { path: target, external: true };
  return (await ofPackage({ ...args, path: target }, context, path)) ?? { path: target, external: true };
}

/**
 * Resolves a name through package.json or a workspace. Undefined for a package in node_modules, which other plugins
 * resolve.
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

/** Resolves again by full path, so that other plugins, such as the shared bundle's, see it too. */
function asFile(path: string, { kind, importer, resolveDir }: OnResolveArgs, { resolve }: Context) {
  return resolve(path, { kind, importer, resolveDir });
}

/** Whether a file belongs to a package linked from node_modules, rather than to `paths` or `imports` of that name. */
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

/** Whether a package is required or imported within code that may work without the package. */
function isOptional({ kind, path }: OnResolveArgs): boolean {
  return kind !== "import-statement" && couldBePackage.test(path);
}

function notFound(path: string): string {
  const hint = couldBePackage.test(path)
    ? `Install it (npm install ${packageName(path)}) or correct its name.`
    : "Fix the import, paths in tsconfig.json, or imports in package.json.";
  return `cannot find a file or package for "${path}"\n  ${hint}`;
}
