import { readFileSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { contentHash } from "../../catalog/contentHash";
import { paths } from "../../config/config";
import { fileMode } from "../../files/access";
import { makeFolder } from "../../files/makeFolder";
import { writeAtomically } from "../../files/writeAtomically";
import type { TargetOptions } from "../../host/installation";
import { type Installation, installationFile, readInstallation } from "../../host/installation";
import { stableHash } from "../../schedule/expression/hash";
import type { CrontabTarget } from "./installer";

/** When a command's current entries were installed; undefined if unknown. */
export function installedSince(
  installation: Installation | undefined,
  { rows }: CrontabTarget,
  name: string,
): number | undefined {
  const row = rows.find((one) => one.name === name);
  const known = installation?.commands[name];
  return row !== undefined && known?.entries === entriesHash(row) ? known.since : undefined;
}

/** Identifies this build; undefined if the app has not been built. */
export function thisBuild(): { id: string; builtAt: number } | undefined {
  try {
    return { id: contentHash(readFileSync(paths.manifest)), builtAt: statSync(paths.manifest).mtimeMs };
  } catch {
    return undefined;
  }
}

/**
 * Records in data/installation.json what was installed. Unchanged entries keep their installation time. `asked` has the
 * options that the user gave. If the file cannot be written, the installation still succeeds.
 */
export function rememberInstallation(
  target: CrontabTarget,
  { options, asked, now }: { options: TargetOptions; asked: TargetOptions; now: number },
): void {
  const installation = readInstallation();
  const before = installation?.commands ?? {};
  const { only } = target;
  const rows = target.rows.filter(({ name }) => only === undefined || only.includes(name));
  const touched = rows.map((row) => {
    const entries = entriesHash(row);
    const known = before[row.name];
    return [row.name, known?.entries === entries ? known : { entries, since: now }] as const;
  });
  const kept = only === undefined ? {} : before;
  const { root, node, "log-dir": logs, env, portable, user, cron } = options;
  write({
    at: now,
    options: { root, node: target.place.node, "log-dir": logs, env, portable, user, cron },
    root: target.place.root,
    isNodeChosen: node !== undefined && (asked.node !== undefined || installation?.isNodeChosen !== false),
    ...buildsWith(installation, { isWhole: only === undefined, now }),
    commands: { ...kept, ...Object.fromEntries(touched) },
    ...(target.daemonTimezone !== undefined && { daemonTimezone: target.daemonTimezone }),
  });
}

const maxBuilds = 50;

/** If only some commands were installed, the block still belongs to the earlier build. */
function buildsWith(
  installation: Installation | undefined,
  { isWhole, now }: { isWhole: boolean; now: number },
) {
  const { build, builds = {} } = installation ?? {};
  const current = thisBuild();
  if (!isWhole || current === undefined) return { build, builds };
  const since = builds[current.id]?.since ?? now;
  const all = { ...builds, [current.id]: { since, builtAt: current.builtAt } };
  const newest = Object.entries(all).sort(([, a], [, b]) => b.since - a.since);
  return { build: current.id, builds: Object.fromEntries(newest.slice(0, maxBuilds)) };
}

export function forgetInstallation(): void {
  rmSync(installationFile, { force: true });
}

function entriesHash({ entries }: CrontabTarget["rows"][number]): string {
  return stableHash(JSON.stringify(entries)).toString(16);
}

function write(installation: Installation): void {
  try {
    makeFolder(dirname(installationFile));
    // Members of LAJU_GROUP can read the file, but must not be able to change the log folder in it.
    writeAtomically(installationFile, `${JSON.stringify(installation, null, 2)}\n`, {
      mode: fileMode() & 0o640,
    });
  } catch {
    // Ignore the error. Without this file, `status` shows only the missed starts that the monitor noted.
  }
}
