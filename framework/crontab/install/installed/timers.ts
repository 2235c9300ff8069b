import { readdirSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { paths } from "../../../config/config";
import { readText } from "../../../config/readText";
import { isOwnRoot, realFolder } from "../appBlocks";

/** Where administrators and users put their own units. */
function unitFolders(): string[] {
  return ["/etc/systemd/system", "/usr/local/lib/systemd/system", join(homedir(), ".config/systemd/user")];
}

/** Whether systemd timers that laju exported for this app are installed on this host. */
export function hasInstalledTimers(folders = unitFolders()): boolean {
  return folders.some((folder) =>
    namesIn(folder)
      .filter((name) => /^laju-.*\.timer$/.test(name))
      .some((name) => startsThisApp(join(folder, name.replace(/timer$/, "service")))),
  );
}

/** Whether a service runs in the build of this app, in this folder or in another release's folder. */
function startsThisApp(service: string): boolean {
  try {
    const build = /^WorkingDirectory=(.+?) ?$/m.exec(readText(service))?.[1]?.replaceAll("%%", "%");
    if (build === undefined) return false;
    return realFolder(build) === realFolder(paths.build) || isOwnRoot(dirname(build));
  } catch {
    return false; // There is no such service, or this user is not allowed to read it.
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // The folder doesn't exist, or this user is not allowed to read it.
  }
}
