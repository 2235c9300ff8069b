import { existsSync, mkdtempSync, rmdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { paths } from "../../config/config";
import { formatDuration } from "../../config/duration";
import { type Check, fine, warning } from "../check";
import { clockTolerance } from "./setBack";

/** Checks that the file system, which may be on another machine, has the same time as this machine. */
export const diskClock: Check = {
  name: "disk's clock",
  look() {
    const away = fileSystemTime() - Date.now();
    if (Math.abs(away) <= clockTolerance) return fine("same as the system's");
    return warning(
      `the file system of ${paths.data} has a different time: ${formatDuration(away)} off`,
      "Synchronize the clocks of both systems: timedatectl set-ntp true.",
    );
  },
};

function fileSystemTime(): number {
  if (!existsSync(paths.data)) return Date.now();
  const folder = mkdtempSync(join(paths.data, ".clock-"));
  try {
    return statSync(folder).mtimeMs;
  } finally {
    rmdirSync(folder);
  }
}
