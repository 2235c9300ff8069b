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
 * A registry of the packages in package-lock.json. Their files come from npm's cache, where `npm ci` stored
 * them.
 */
export interface LocalRegistry {
  /** Variables that make npm and npx use this registry, without using the network or compiling anything. */
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
      // A file that isn't in the cache.
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
    // An alias (better-sqlite3-node20) contains the name of its package.
    const name = locked.name ?? path.split("node_modules/").at(-1);
    if (path === "" || !name || locked.integrity === undefined) continue;
    const { resolved = fileOf(name, locked.version) } = locked;
    found.set(name, [...(found.get(name) ?? []), { ...locked, resolved }]);
  }
  addLaterVite(found);
  return found;
}

/** Like vite 8.4.0 and a registry without one of its optional dependencies, which `npm ci` doesn't forgive. */
function addLaterVite(packages: Map<string, Locked[]>): void {
  const [vite] = packages.get("vite") ?? [];
  if (vite === undefined) throw new Error("package-lock.json has no vite");
  const optionalDependencies = { ...vite.optionalDependencies, "laju-not-in-any-registry": "^0.1.0" };
  packages.set("vite", [vite, { ...vite, version: "8.999.0", optionalDependencies }]);
}

/** package-lock.json leaves the URL out if it is the default one. */
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
