import { existsSync, statfsSync } from "node:fs";
import { dirname } from "node:path";
import { paths } from "../../config/config";
import { shellQuote } from "../../text/shellQuote";
import { bad, fine, type LocalCheck, warning } from "../check";
import { mayUse } from "./access";
import { networkDisk } from "./networkDisk";

export const logFolders: LocalCheck = {
  name: "logs",
  look(context) {
    const files = context.logs();
    const folders = [...new Set(files.map((file) => dirname(file)))];
    const missing = folders.find((folder) => !existsSync(folder));
    if (missing !== undefined && context.entries() === undefined)
      return fine(`${missing}, which crontab:install will create`);
    if (missing !== undefined) {
      const cure = `Run \`mkdir -p ${shellQuote(missing)}\`, or node laju crontab:install, which creates it.`;
      return bad(`${missing} is missing: the shell fails before the command starts`, cure);
    }
    const locked = [...folders, ...files.filter((file) => existsSync(file))].find(
      (path) => !mayUse(path, "write", context.user ?? ""),
    );
    if (locked === undefined)
      return fine(folders.length === 0 ? "nothing is scheduled here" : folders.join(", "));
    return bad(
      `${locked} cannot be written: the shell fails before the command starts`,
      "Make the crontab's user the owner (chown), or make the folder or file writable (chmod u+w).",
    );
  },
};

export const dataFolder: LocalCheck = {
  name: "data",
  look() {
    const folder = existsSync(paths.data) ? paths.data : dirname(paths.data);
    return onNetworkDisk(folder) ?? writable(folder);
  },
};

function onNetworkDisk(folder: string) {
  const kind = mayUse(folder, "write") ? networkDisk(statfsSync(folder).type) : undefined;
  if (kind === undefined) return undefined;
  return warning(
    `${folder} is on a network disk (${kind}): hosts that share it lose runs and may run a command at the same time`,
    "Set LAJU_DATA to a folder on a local disk of each host. Use oneServer for commands on several hosts.",
  );
}

function writable(folder: string) {
  if (mayUse(folder, "write")) return fine(paths.data);
  return bad(
    `${folder} cannot be written: no runs are recorded, and no locks are held`,
    "Make the crontab's user its owner (chown), or set LAJU_DATA to a folder that user can write.",
  );
}
