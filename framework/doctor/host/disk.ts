import { existsSync, statfsSync } from "node:fs";
import { dirname } from "node:path";
import { paths } from "../../config/config";
import { shellQuote } from "../../text/shellQuote";
import { bad, fine, type LocalCheck, warning } from "../check";

const megabyte = 1_000_000;
/** The least free space, in bytes. With less, writing to a log or the ledger can fail. */
const full = 20 * megabyte;

export const disk: LocalCheck = {
  name: "disk",
  look(context) {
    const folders = new Set([paths.data, ...context.logs().map((file) => dirname(file)), paths.logs]);
    const findings = [...new Set([...folders].map(existing))].map(roomAt);
    const order = ["bad", "warning", "fine"] as const;
    const worst = order.flatMap((state) => findings.filter((finding) => finding.state === state));
    return worst[0] ?? fine("");
  },
};

function roomAt(folder: string) {
  const { bavail, bsize, blocks, files, ffree } = statfsSync(folder);
  const free = bavail * bsize;
  const cure = `\`du -xhd1 ${shellQuote(folder)} | sort -h\` shows what uses the space. LOG_MAX_SIZE, RUNS_KEEP_DAYS and BACKUP_RETENTION_DAYS limit what laju keeps.`;
  const text = `${free < 10_000 * megabyte ? `${Math.floor(free / megabyte)} MB` : `${Math.floor(free / 1000 / megabyte)} GB`} free at ${folder}`;
  if (files > 0 && ffree === 0)
    return bad(`no file can be created at ${folder}: the disk has no inodes left`, cure);
  if (free < full) return bad(`the disk is ${free < megabyte ? "full" : "almost full"}: ${text}`, cure);
  if (free < 200 * megabyte || bavail / blocks < 0.02)
    return warning(`the disk is nearly full: ${text}`, cure);
  return fine(text);
}

function existing(folder: string): string {
  return existsSync(folder) ? folder : existing(dirname(folder));
}
