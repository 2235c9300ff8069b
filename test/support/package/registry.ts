import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

interface Locked {
  version: string;
  resolved?: string;
  integrity?: string;
  name?: string;
  optionalDependencies?: Record<string, string>;
}

/**
 * A local npm registry of the packages in package-lock.json. Their files come from npm's cache, in which `npm ci` has
 * stored them.
 */
export interface LocalRegistry {
  /** Variables that make npm and npx use this registry, without network access and without compiling anything. */
  env: Record<string, string>;
  stop(): Promise<void>;
}

const project = join(import.meta.dirname, "..", "..", "..");

export async function startRegistry(): Promise<LocalRegistry> {
  const packages = lockedPackages();
  const server = createServer(({ url = "/" }, response) => {
    const name = decodeURIComponent(url.slice(1).split("?")[0] as string);
    const versions = packages.get(name);
    if (versions === undefined) {
      // The path is that of a package file that isn't in npm's cache, so redirect to the real registry.
      const file = [...packages.values()].flat().find(({ resolved }) => resolved?.endsWith(url));
      response.writeHead(file ? 302 : 404, file?.resolved ? { location: file.resolved } : {}).end();
      return;
    }
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(descriptionOf(name, versions)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    env: {
      npm_config_registry: `http://127.0.0.1:${port}/`,
      npm_config_replace_registry_host: "never",
      npm_config_ignore_scripts: "true",
      npm_config_audit: "false",
      npm_config_fund: "false",
      npm_config_update_notifier: "false",
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function lockedPackages(): Map<string, Locked[]> {
  const { packages } = JSON.parse(readFileSync(join(project, "package-lock.json"), "utf8"));
  const found = new Map<string, Locked[]>();
  for (const [path, locked] of Object.entries<Locked>(packages)) {
    // A package installed under an alias (better-sqlite3-node20) has its real name here.
    const name = locked.name ?? path.split("node_modules/").at(-1);
    if (path === "" || !name || locked.integrity === undefined) continue;
    const { resolved = fileOf(name, locked.version) } = locked;
    found.set(name, [...(found.get(name) ?? []), { ...locked, resolved }]);
  }
  addLaterVite(found);
  return found;
}

/**
 * Makes the registry lack an optional dependency, as some lack one of vite 8.4.0. `npm ci` then rejects the lock file.
 */
function addLaterVite(packages: Map<string, Locked[]>): void {
  const [vite] = packages.get("vite") ?? [];
  if (vite === undefined) throw new Error("package-lock.json has no vite");
  const optionalDependencies = { ...vite.optionalDependencies, "laju-not-in-any-registry": "^0.1.0" };
  packages.set("vite", [vite, { ...vite, version: "8.999.0", optionalDependencies }]);
}

/** The default URL of a package's file, which package-lock.json leaves out. */
function fileOf(name: string, version: string): string {
  return `https://registry.npmjs.org/${name}/-/${name.split("/").at(-1)}-${version}.tgz`;
}

function descriptionOf(name: string, locked: Locked[]) {
  const versions = locked.map(({ resolved, integrity, ...one }) => [
    one.version,
    { ...one, name, dist: { tarball: resolved, integrity } },
  ]);
  const latest = locked
    .map(({ version }) => version)
    .sort(byNumbers)
    .at(-1);
  return { name, "dist-tags": { latest }, versions: Object.fromEntries(versions) };
}

function byNumbers(one: string, other: string): number {
  return one.localeCompare(other, undefined, { numeric: true });
}
