// If root starts the app, switches to the user who owns it before any other code of the app is loaded. laju.js and
// compiled files load this file only when they run as root. The build copies it to build/runtime.
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

/** Verbs that write the app's code, so they run as the owner of the code rather than of the data. */
const codeVerb = /^(build|new|upgrade|make:\w+)$/;

/**
 * Switches to the app's user, or exits. `folder` contains the code. Code that another user can write must never run as
 * root.
 */
exports.becomeAppUser = function becomeAppUser(folder) {
  const user = appUser(folder);
  if (user !== undefined) become(user, rootAbove(folder));
};

/**
 * Switches to the app's user to run a verb. For a verb that changes a crontab, runs it in a child process instead and
 * returns its exit status, because cron.allow may permit only root to change the crontab of the app's user.
 */
exports.runAsAppUser = async function runAsAppUser(folder, verb) {
  const user = appUser(folder, verb);
  if (user === undefined) return undefined;
  if (!verb?.startsWith("crontab:") || process.env.LAJU_CRONTAB_FD !== undefined) {
    return become(user, rootAbove(folder));
  }
  return require("./crontabParent.cjs").runWithCrontab(user.username);
};

/**
 * The user to switch to: the owner of the data folder or, if there is none yet, of the app's root. Undefined if root
 * owns the app.
 */
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

/**
 * Gives up root permanently: changes the supplementary groups, group, user, and the environment variables that name the
 * user.
 */
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

/** The app's root: LAJU_ROOT, or the nearest folder above whose package.json has a `laju` field, as in findRoot.ts. */
function rootAbove(folder) {
  if (process.env.LAJU_ROOT) return resolve(process.env.LAJU_ROOT);
  for (let at = folder; ; at = dirname(at)) {
    const text = readOrEmpty(`${at}/package.json`);
    if (text.includes('"laju"') && "laju" in JSON.parse(text)) return at;
    if (at === dirname(at)) return folder;
  }
}

/** The data folder: LAJU_DATA from the environment or else from .env, or data/ in the root. */
function dataFolder(root) {
  const text = process.env.LAJU_DATA === undefined ? readOrEmpty(`${root}/.env`) : "";
  const set = text.includes("LAJU_DATA")
    ? require("node:util").parseEnv(text).LAJU_DATA
    : process.env.LAJU_DATA;
  return resolve(root, set || "data");
}

/** The owner of a folder. If root owns the folder but it is reached through a symlink, returns the symlink's owner. */
function ownerOf(data) {
  const folder = statSync(data, { throwIfNoEntry: false });
  return folder && (folder.uid || lstatSync(data).uid);
}

/**
 * Looks up a user by id. Briefly switches to that user, because Node asks all of the system's user databases for the
 * current user's name.
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

/** Reads only regular files. The app's user could put a named pipe there, and root would wait for it forever. */
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

/** The command line with which root can run the same thing as that user. */
function sudoLine(user) {
  return ["sudo", "-u", user, ...[process.execPath, ...process.argv.slice(1)]].map(quoted).join(" ");
}

function quoted(word) {
  return /^[\w@%+=:,./-]+$/.test(word) ? String(word) : `'${String(word).replaceAll("'", "'\\''")}'`;
}
