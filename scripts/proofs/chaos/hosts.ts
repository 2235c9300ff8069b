import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EngineName, Means } from "./plan";

/** A simulated host: how programs on it are started, and with which environment. */
export interface Host {
  name: string;
  /** The words to put before a program's command line. */
  wrap: string[];
  environment: Record<string, string>;
}

export const faketimeLibrary = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";

/**
 * The simulated hosts. Each is this machine under another host name, with two exceptions: the second host has the first
 * one's name but can't see its processes, and the last one has no /proc. Without root, no hosts can be simulated.
 */
export function hostsOf(engine: EngineName, folder: string, { isRoot, hasFaketime }: Means): Host[] {
  const clock = hasFaketime ? clockIn(folder) : {};
  // With SQLite, all hosts share this clock: only processes on one machine can share a file, and they have the same
  // clock.
  const everybodys = engine === "sqlite" ? clock : {};
  const here = { name: "here", wrap: [], environment: everybodys };
  if (!isRoot) return [here, { ...here }, { ...here, environment: clock }];
  return [
    { name: "alpha", wrap: named("alpha", 'exec "$@"'), environment: everybodys },
    { name: "alpha", wrap: named("alpha", hidden), environment: everybodys },
    { name: "beta", wrap: named("beta", 'exec "$@"'), environment: clock },
    {
      name: "gamma",
      wrap: named("gamma", 'mount -t tmpfs none /proc && exec "$@"'),
      environment: everybodys,
    },
  ];
}

/** Makes a program run as another user who can't see other users' processes (hidepid=2) but can access all files. */
const hidden = `mount -t proc -o hidepid=2 proc /proc && exec setpriv --reuid 65534 --regid 65534 --clear-groups \
  --inh-caps=+dac_override --ambient-caps=+dac_override "$@"`;

function named(host: string, script: string): string[] {
  return ["unshare", "--uts", "--mount", "sh", "-c", `hostname ${host} && ${script}`, "sh"];
}

/** The environment of programs that use the clock set by `setClock`. A change takes effect while they run. */
function clockIn(folder: string): Record<string, string> {
  setClock(folder, 0);
  return {
    LD_PRELOAD: faketimeLibrary,
    FAKETIME_TIMESTAMP_FILE: join(folder, "clock"),
    FAKETIME_NO_CACHE: "1",
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
  };
}

export function setClock(folder: string, offsetSeconds: number): void {
  const sign = offsetSeconds < 0 ? "-" : "+";
  writeFileSync(join(folder, "clock"), `${sign}${Math.abs(offsetSeconds)}\n`);
}
