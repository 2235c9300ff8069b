import { monitorPing, paths } from "../config/config";
import { hostName } from "../process/thisProcess";
import { ping } from "../runs/notices/deliver";
import { printableLine } from "../text/printable";
import type { MonitorReport } from "./monitorReport";

/**
 * Pings the dead man's switch after a pass: URL/fail if the monitor could not do part of its work, such as sending a notice,
 * and URL otherwise. Returns the error if the ping fails, without the URL's path, which is a secret.
 */
export async function reportPass({ news, failures }: MonitorReport): Promise<string | undefined> {
  const url = monitorPing();
  if (url === undefined) return undefined;
  const lines = [`laju monitor on ${hostName()}, ${paths.root}`, ...failures, ...news];
  try {
    await ping(url, failures.length > 0 ? "fail" : "success", lines.map(printableLine).join("\n"));
    return undefined;
  } catch (error) {
    return `Could not reach MONITOR_PING: ${error.message}`;
  }
}
