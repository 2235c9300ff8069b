// If root starts the app, switches to the user who owns it, before any other code of the app is loaded. laju.js and
// compiled files load this only if they run as root. The build copies it to build/runtime.
"use strict";
const {
  accessSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  statSync,
} = require("node:fs");
const { dirname, resolve } = require("node:path");

/** Verbs that write the app's code, and so run as the owner of the code. */
const codeVerb = /^(build|new|upgrade|make:\w+)$/;

/**
 * Continues as the app's user, or exits. `folder` contains the code. Running code as root that another user can write
 * would never be safe.
 */
exports.becomeAppUser = function becomeAppUser(folder) {
  const user = appUser(folder);
  if (user !== undefined) become(user, rootAbove(folder));
};

/**
 * Continues as the app's user to run a verb. A verb that changes a crontab runs in a child process instead, and its
 * exit status is returned: cron.allow may permit only root to change the crontab of the app's user.
 */
exports.runAsAppUser = async function runAsAppUser(folder, verb) {
  const user = appUser(folder, verb);
  if (user === undefined) return undefined;
  if (!verb?.startsWith("crontab:") || process.env.LAJU_CRONTAB_FD !== undefined) {
    return become(user, rootAbove(folder));
  }
  return require("./crontabParent.cjs").runWithCrontab(user.username);
};

/** The user to become: the owner of the data folder or, if there is none yet, of the app's root. Undefined for root. */
function appUser(folder, verb) {
  if (process.env.LAJU_ALLOW_ROOT === "true") return undefined;
  const root = rootAbove(folder);
  const owner = statSync(root).uid;
  const data = dataFolder(root);
  const uid = (codeVerb.test(verb) ? undefined : ownerOf(data)) ?? owner;
  if (uid === 0 && owner === 0) return undefined;
  if (uid === 0) {
    const name = userNumbered(owner)?.username ?? owner;
    refuse(
      `${root} belongs to ${name}, but its data folder ${data} belongs to root`,
      `Change its owner, then continue as ${name}:\n  chown -R ${name} ${quoted(data)}\n  ${sudoLine(name)}`,
    );
  }
  const user = userNumbered(uid);
  if (user !== undefined) return user;
  return refuse(
    `${root} belongs to user ${uid}, who has no name on this system`,
    `Run it as that user (in a container: docker run --user ${uid}):\n  ${sudoLine(`#${uid}`)}`,
  );
}

/** Drops root permanently: supplementary groups, group, user, and the user's environment variables. */
function become({ username, uid, gid, homedir }, root) {
  try {
    process.initgroups(username, gid);
    process.setgid(gid);
    process.setuid(uid);
  } catch (error) {
    refuse(
      `${root} belongs to ${username}, and root could not switch to that user: ${error.message}`,
      sudoLine(username),
    );
  }
  Object.assign(process.env, { HOME: homedir, USER: username, LOGNAME: username });
  const ids = [process.getuid(), process.geteuid(), process.getgid(), process.getegid()];
  if (ids.join() !== [uid, uid, gid, gid].join() || canBeRootAgain()) {
    refuse(`this process could not switch to ${username}`, sudoLine(username));
  }
  try {
    accessSync(`${root}/package.json`, constants.R_OK);
  } catch {
    refuse(
      `${root} belongs to ${username}, who cannot read it`,
      `Let ${username} read the app and enter the folders above it, or give data/ to root.`,
    );
  }
}

function canBeRootAgain() {
  try {
    process.setuid(0);
    return true;
  } catch {
    return false;
  }
}

/** Finds the root in the same way as framework/config/config.ts. */
function rootAbove(folder) {
  if (process.env.LAJU_ROOT) return resolve(process.env.LAJU_ROOT);
  for (let at = folder; ; at = dirname(at)) {
    const text = readOrEmpty(`${at}/package.json`);
    if (text.includes('"laju"') && "laju" in JSON.parse(text)) return at;
    if (at === dirname(at)) return folder;
  }
}

/** LAJU_DATA from the environment, or else from .env. */
function dataFolder(root) {
  const text = process.env.LAJU_DATA === undefined ? readOrEmpty(`${root}/.env`) : "";
  const set = text.includes("LAJU_DATA")
    ? require("node:util").parseEnv(text).LAJU_DATA
    : process.env.LAJU_DATA;
  return resolve(root, set || "data");
}

/** The owner of a folder. If the folder belongs to root and is reached through a symlink, the owner of the symlink. */
function ownerOf(data) {
  const folder = statSync(data, { throwIfNoEntry: false });
  return folder && (folder.uid || lstatSync(data).uid);
}

/**
 * Looks up a user in all of the system's user databases, by temporarily switching to that user and asking Node for its
 * name.
 */
function userNumbered(uid) {
  process.seteuid(uid);
  try {
    return process.getBuiltinModule("node:os").userInfo();
  } catch {
    return undefined;
  } finally {
    process.seteuid(0);
  }
}

/** Reads only regular files, because the app's user could make root block on a named pipe. */
function readOrEmpty(file) {
  try {
    const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      return fstatSync(descriptor).isFile() ? readFileSync(descriptor, "utf8") : "";
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return "";
  }
}

function refuse(message, hint) {
  console.error(`✗ ${message}. root does not run code that other users can write.\n  ${hint}`);
  process.exit(1);
}

/** The command line that the user should type instead. */
function sudoLine(user) {
  return ["sudo", "-u", user, ...[process.execPath, ...process.argv.slice(1)]].map(quoted).join(" ");
}

function quoted(word) {
  return /^[\w@%+=:,./-]+$/.test(word) ? String(word) : `'${String(word).replaceAll("'", "'\\''")}'`;
}
