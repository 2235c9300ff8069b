import { accessSync, constants, existsSync, readdirSync, type Stats, statSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { paths, settings, sharedGroup } from "../../config/config";
import { groupNumber } from "../../config/groups";
import { shellQuote } from "../../text/shellQuote";
import { bad, type Check, type Finding, fine, warning } from "../check";

/** Checks that other users of this machine can neither change the app's code nor read its private files. */
export const permissions: Check = {
  name: "permissions",
  look() {
    return (
      changeable() ??
      notOurs() ??
      noMember() ??
      readable() ??
      fine("other users can neither change nor read the app")
    );
  },
};

/** Finds code and settings that others can change, because such users can run code with this user's permissions. */
function changeable(): Finding | undefined {
  const code = [
    "",
    "laju.js",
    "package.json",
    "node_modules",
    "build",
    "build/laju.js",
    "build/commands",
    "build/shared",
  ];
  const places = [...code.map((path) => join(paths.root, path)), paths.env, paths.schedule, paths.data];
  const open = places.filter((path) => (statOf(path)?.mode ?? 0) & 0o002);
  if (open.length > 0)
    return bad(
      `${listed(open)} ${open.length === 1 ? "is" : "are"} world-writable`,
      `chmod o-w ${quoted(open)}`,
    );
  const owners = [0, process.geteuid?.()];
  const theirs = places.filter((path) => !owners.includes(statOf(path)?.uid ?? 0));
  if (theirs.length === 0) return undefined;
  return bad(
    `${listed(theirs)} belongs to another user, who can change what runs here`,
    `chown ${me()} ${quoted(theirs)}`,
  );
}

/** Finds files that belong to root. Earlier releases left such files behind when root ran a verb. */
function notOurs(): Finding | undefined {
  const files = [paths.data, join(paths.data, "locks")].flatMap(entriesOf);
  const closed = files.filter((path) => !canWrite(path));
  if (closed.length === 0) return undefined;
  return bad(
    `${listed(closed)} cannot be written by ${me()}`,
    `sudo chown -R ${me()} ${shellQuote(paths.data)}`,
  );
}

function noMember(): Finding | undefined {
  const name = sharedGroup();
  const group = name === undefined ? undefined : groupNumber(name);
  if (group === undefined || process.geteuid?.() === 0) return undefined;
  if ([process.getegid?.(), ...(process.getgroups?.() ?? [])].includes(group)) return undefined;
  return warning(
    `${me()} is not a member of LAJU_GROUP ${name}, so files are not shared`,
    `sudo usermod -aG ${name} ${me()}`,
  );
}

function readable(): Finding | undefined {
  const folders = [paths.data, paths.logs, settings().backup.folder];
  const found = [paths.env, ...folders.flatMap(openIn)].filter((path) => (statOf(path)?.mode ?? 0) & 0o007);
  const open = [...new Set(found)];
  if (open.length === 0) return undefined;
  return warning(`${listed(open)} can be read by every user on this machine`, `chmod o-rwx ${quoted(open)}`);
}

/** The folder itself if we own it, or otherwise its files that we own, such as logs in /var/log/laju. */
function openIn(folder: string): string[] {
  const { uid } = statOf(folder) ?? {};
  return uid === process.geteuid?.() ? [folder] : entriesOf(folder);
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return []; // The folder is missing or cannot be read. Another check reports that.
  }
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function canWrite(path: string): boolean {
  if (!existsSync(path)) return true;
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function listed([first = "", ...more]: string[]): string {
  return more.length === 0 ? first : `${first} and ${more.length} more`;
}

function quoted(files: string[]): string {
  return files.map(shellQuote).join(" ");
}

function me(): string {
  return userInfo().username;
}
