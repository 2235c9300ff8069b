import { existsSync, realpathSync } from "node:fs";
import { isAbsolute, relative, sep } from "node:path";
import { starterSettings } from "./launch";

/** The program's main file, if it is the source of a command in the folder `commands`. */
export function sourceEntry(commands: string): string | undefined {
  if (!existsSync(commands)) return undefined;
  // Under pm2, the main file is pm2's own, and an environment variable names the actual script.
  return commandFile(process.argv[1], commands) ?? commandFile(starterSettings().pm2Script, commands);
}

function commandFile(started: string | undefined, commands: string): string | undefined {
  if (started === undefined) return undefined;
  const found = [started, `${started}.ts`].find((file) => existsSync(file));
  if (found === undefined) return undefined;
  const file = realpathSync(found);
  const name = relative(realpathSync(commands), file);
  const isVerb = name === "index.ts" || name.startsWith(`native${sep}`);
  return name.endsWith(".ts") && !name.startsWith("..") && !isAbsolute(name) && !isVerb ? file : undefined;
}
