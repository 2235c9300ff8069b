import { existsSync, statfsSync } from "node:fs";
import { dirname } from "node:path";
import { paths } from "../../config/config";
import { shellQuote } from "../../text/shellQuote";
import { bad, fine, type LocalCheck, warning } from "../check";
import { mayUse } from "./access";
import { networkDisk } from "./networkDisk";

export const logFolders: LocalCheck = {
  name: "logs",
  look(looking) {
    const files = looking.logs();
    const folders = [...new Set(files.map((file) => dirname(file)))];
    const missing = folders.find((folder) => !existsSync(folder));
    if (missing !== undefined && looking.entries() === undefined)
      return fine(`${missing}, which crontab:install makes`);
    if (missing !== undefined) {
      const cure = `mkdir -p ${shellQuote(missing)}, or node laju crontab:install, which makes it.`;
      return bad(`${missing} is missing: the shell gives up before the command starts`, cure);
    }
    const locked = [...folders, ...files.filter((file) => existsSync(file))].find(
      (path) => !mayUse(path, "write", looking.user ?? ""),
    );
    if (locked === undefined)
      return fine(folders.length === 0 ? "nothing is scheduled here" : folders.join(", "));
    return bad(
      `${locked} cannot be written: the shell gives up before the command starts`,
      "Give it to the user whose crontab it is (chown), or allow writing (chmod u+w).",
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
    `${folder} is on a network disk (${kind}): two hosts that share it lose runs, and may both run a command`,
    "Set LAJU_DATA to a folder on a local disk of each host; oneServer is for several of them.",
  );
}

function writable(folder: string) {
  if (mayUse(folder, "write")) return fine(paths.data);
  return bad(
    `${folder} cannot be written: no run is recorded, and no lock is held`,
    "Give it to the user whose crontab it is (chown), or set LAJU_DATA to a folder that it may write.",
  );
}
