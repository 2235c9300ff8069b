import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { waitFor } from "./cron";

/** A private BusyBox spool with its own crond and crontab, in a mount namespace. */
export interface BusyBoxHouse {
  /** The folder that contains `crontab`, for PATH. */
  bin: string;
  crontab(args: string[], input?: string): { status: number | null; stdout: string; stderr: string };
  stop(): Promise<void>;
}

/** The daemon stays in the global process namespace, so that laju finds it as it would on Alpine. */
export async function startBusyBox(busybox: string): Promise<BusyBoxHouse> {
  const folder = mkdtempSync(join(tmpdir(), "laju-busybox-"));
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, "bin"));
  const keeper = spawn("unshare", ["--mount", "sh", "-euc", mounts, "sh", folder, busybox], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { PATH: "/usr/bin:/bin:/usr/sbin:/sbin" },
  });
  await waitFor(keeper, () => existsSync(join(folder, "ready")));
  const enter = ["nsenter", "-t", `${keeper.pid}`, "-m", "--"];
  const script = `#!/bin/sh\nexec ${enter.join(" ")} ${busybox} crontab "$@"\n`;
  writeFileSync(join(folder, "bin", "crontab"), script, { mode: 0o755 });
  return {
    bin: join(folder, "bin"),
    crontab(args, input) {
      const { status, stdout, stderr } = spawnSync(join(folder, "bin", "crontab"), args, { input });
      return { status, stdout: stdout.toString(), stderr: stderr.toString() };
    },
    stop: () => stop(keeper, folder),
  };
}

/** As on Alpine, except that the spool is a folder here, not a link to /etc/crontabs. */
const mounts = `
  mount -t tmpfs none /run
  mount -t tmpfs none /var/spool/cron
  mkdir -m 755 /var/spool/cron/crontabs
  : > "$1/ready"
  exec setpriv --pdeathsig KILL "$2" crond -f -L "$1/crond.log"
`;

async function stop(keeper: ChildProcess, folder: string): Promise<void> {
  if (keeper.exitCode === null && keeper.signalCode === null) {
    const ended = new Promise((resolve) => keeper.once("exit", resolve));
    keeper.kill("SIGKILL");
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
}
