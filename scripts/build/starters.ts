import type { CommandFacts } from "../../app/schedule/manifest";
import type { Output } from "./bundle";

/** Names under which Laju's backup scripts were started: `node build/backup.js`. */
const starters: Record<string, string> = {
  "backup.js": "BackupDatabase",
  "restore.js": "RestoreDatabase",
  "clean-backup.js": "CleanBackups",
};

/** One-line programs that start a command as if it had been named itself. */
export function starterOutputs(commands: CommandFacts[]): Output[] {
  const names = new Set(commands.map(({ name }) => name));
  return Object.entries(starters)
    .filter(([, name]) => names.has(name))
    .map(([path, name]) => ({ path, contents: Buffer.from(starter(name)) }));
}

/** `_load` with `isMain`, as pm2 does it: the command then sees itself as the program. */
function starter(name: string): string {
  return `require("node:module")._load(require.resolve("./commands/${name}.js"), null, true);\n`;
}
