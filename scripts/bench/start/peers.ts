import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

/** An alternative to laju: a program that logs the same three lines, but has no lock, ledger or timeout. */
export interface Peer {
  label: string;
  argv: string[];
  folder: string;
}

const here = join(import.meta.dirname, "peers");

interface PeerFacts {
  folder: string;
  /** The package whose version the table shows. */
  name: string;
  label: string;
  words(node: string): string[];
}

const peers: PeerFacts[] = [
  {
    folder: "commander",
    name: "commander",
    label: "commander",
    words: (node) => [node, "main.js", "log-lines"],
  },
  {
    folder: "oclif",
    name: "@oclif/core",
    label: "oclif",
    words: (node) => [node, "bin/run.js", "log-lines"],
  },
  {
    folder: "nest-commander",
    name: "nest-commander",
    label: "nest-commander",
    words: (node) => [node, "main.js", "log-lines"],
  },
  {
    folder: "tsx",
    name: "tsx",
    label: "node --import tsx X.ts",
    words: (node) => [node, "--import", "tsx", "LogLines.ts"],
  },
  {
    folder: "ace",
    name: "@adonisjs/core",
    label: "AdonisJS ace command",
    words: (node) => [node, "ace.js", "log:lines"],
  },
  { folder: "tsx", name: "tsx", label: "npx tsx X.ts", words: (node) => [node, npx(), "tsx", "LogLines.ts"] },
];

/** Installs alternatives that are not installed yet, each in its own folder. */
export function installPeers(): void {
  for (const folder of new Set(peers.map((peer) => peer.folder))) {
    if (existsSync(join(here, folder, "node_modules"))) continue;
    console.error(`Installing ${folder} …`);
    const words = ["install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"];
    execFileSync("npm", words, { cwd: join(here, folder), stdio: "inherit" });
  }
}

export function installedPeers(node: string): Peer[] {
  return peers
    .filter(({ folder }) => existsSync(join(here, folder, "node_modules")))
    .map(({ folder, name, label, words }) => ({
      label: `${label} (${versionOf(folder, name)})`,
      argv: words(node),
      folder: join(here, folder),
    }));
}

function versionOf(folder: string, name: string): string {
  const file = join(here, folder, "node_modules", name, "package.json");
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}

/** The path of npx's script. Started with the measured Node, it doesn't use the Node on the PATH. */
function npx(): string {
  const folders = (process.env.PATH ?? "").split(delimiter).concat(dirname(process.execPath));
  const found = folders.map((folder) => join(folder, "npx")).find((path) => existsSync(path));
  if (found === undefined) throw new Error("npx is not on the PATH");
  return realpathSync(found);
}
