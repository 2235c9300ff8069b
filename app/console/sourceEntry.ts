import { existsSync, realpathSync } from "node:fs";
import { sep } from "node:path";
import { paths } from "../config";
import { starterSettings } from "../config/starter";

/** The program's file, when it is the source of one of the app's commands. */
export function sourceEntry(): string | undefined {
  if (!existsSync(paths.commands)) return undefined;
  // pm2 starts a container of its own, and names the script in the environment.
  return commandFile(process.argv[1]) ?? commandFile(starterSettings().pm2Script);
}

function commandFile(started: string | undefined): string | undefined {
  if (started === undefined) return undefined;
  const found = [started, `${started}.ts`].find((file) => existsSync(file));
  if (found === undefined) return undefined;
  const file = realpathSync(found);
  return file.startsWith(realpathSync(paths.commands) + sep) && file.endsWith(".ts") ? file : undefined;
}
