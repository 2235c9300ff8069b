import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EngineName, Means } from "./plan";

/** A simulated host: the machine as its programs see it. */
export interface Host {
  name: string;
  /** The prefix of the command line. */
  wrap: string[];
  environment: Record<string, string>;
}

export const faketimeLibrary = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";

/**
 * The simulated hosts. Each is this machine under another name, except that a second one has the first one's
 * name but sees no other processes, and one has no /proc at all. Without root, there is only this machine.
 */
export function hostsOf(engine: EngineName, folder: string, { isRoot, hasFaketime }: Means): Host[] {
  const clock = hasFaketime ? clockIn(folder) : {};
  // Only processes on the same machine can share a file, and they share its clock too.
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

/** Runs as another user with hidepid=2, but with access to all files. */
const hidden = `mount -t proc -o hidepid=2 proc /proc && exec setpriv --reuid 65534 --regid 65534 --clear-groups \
  --inh-caps=+dac_override --ambient-caps=+dac_override "$@"`;

function named(host: string, script: string): string[] {
  return ["unshare", "--uts", "--mount", "sh", "-c", `hostname ${host} && ${script}`, "sh"];
}

/** Programs with this environment use the clock set by `setClock`, even while running. */
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
