import { existsSync, statfsSync } from "node:fs";
import { dirname } from "node:path";
import { paths } from "../../config";
import { bad, type Check, fine, warning } from "./check";

const megabyte = 1_000_000;
const cure =
  "Delete what is not needed; node laju runs:prune, LOG_MAX_SIZE and BACKUP_RETENTION_DAYS keep laju small.";

export const disk: Check = {
  name: "disk",
  look() {
    const findings = [paths.data, paths.logs].map(existing).map(roomAt);
    const order = ["bad", "warning", "fine"] as const;
    const worst = order.flatMap((state) => findings.filter((finding) => finding.state === state));
    return worst[0] ?? fine("");
  },
};

function roomAt(folder: string) {
  const { bavail, bsize, blocks, files, ffree } = statfsSync(folder);
  const free = bavail * bsize;
  const text = `${free < 10_000 * megabyte ? `${Math.floor(free / megabyte)} MB` : `${Math.floor(free / 1000 / megabyte)} GB`} free at ${folder}`;
  if (files > 0 && ffree === 0)
    return bad(`no file can be made at ${folder}: the disk has no inodes left`, cure);
  if (free < 20 * megabyte) return bad(`the disk is full: ${text}`, cure);
  if (free < 200 * megabyte || bavail / blocks < 0.02)
    return warning(`the disk is nearly full: ${text}`, cure);
  return fine(text);
}

function existing(folder: string): string {
  return existsSync(folder) ? folder : existing(dirname(folder));
}
