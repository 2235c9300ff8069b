import { readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { appSlug } from "./exportNames";

/** Where administrators and users put their own units. */
function unitFolders(): string[] {
  return ["/etc/systemd/system", "/usr/local/lib/systemd/system", join(homedir(), ".config/systemd/user")];
}

/** Whether systemd timers that laju exported for the app in this folder are installed on this host. */
export function hasInstalledTimers(root: string, folders = unitFolders()): boolean {
  const start = `laju-${appSlug(root)}-`;
  return folders.some((folder) =>
    namesIn(folder).some((name) => name.startsWith(start) && name.endsWith(".timer")),
  );
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // It doesn't exist, or we may not read it.
  }
}
