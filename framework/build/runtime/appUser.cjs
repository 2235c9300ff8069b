// Whose app this is, when root starts it: decided before anything else of the app is loaded. laju.js and compiled files
// load this only when they run as root; the build copies it to build/appUser.js.
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

/** Verbs that write the app's code, and so are for whoever that belongs to. */
const codeVerb = /^(build|new|upgrade|make:\w+)$/;

/**
 * Goes on as the user whose app this is, or not at all. `folder` is where the code is. Code that another user can write
 * is never safe to run as root.
 */
exports.becomeAppUser = function becomeAppUser(folder) {
  const user = appUser(folder);
  if (user !== undefined) become(user, rootAbove(folder));
};

/**
 * The same for a verb. One that changes a crontab runs in a process of its own, and its exit status is returned:
 * cron.allow may let root alone change the crontab of the app's user.
 */
exports.runAsAppUser = async function runAsAppUser(folder, verb) {
  const user = appUser(folder, verb);
  if (user === undefined) return undefined;
  if (!verb?.startsWith("crontab:") || process.env.LAJU_CRONTAB_FD !== undefined) {
    return become(user, rootAbove(folder));
  }
  return require("./crontabParent.cjs").runWithCrontab(user.username);
};

/** The user to become: who owns the data folder, or the root where there is none yet. Undefined for root itself. */
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
      `${root} belongs to ${name}, and its data folder ${data} to root`,
      `Give the folder back, then go on as ${name}:\n  chown -R ${name} ${quoted(data)}\n  ${sudoLine(name)}`,
    );
  }
  const user = userNumbered(uid);
  if (user !== undefined) return user;
  return refuse(
    `${root} is the app of user ${uid}, whom this system does not know by name`,
    `Run it as that user (in a container: docker run --user ${uid}):\n  ${sudoLine(`#${uid}`)}`,
  );
}

/** Gives up root for good: groups, group, user, and what the environment says of the user. */
function become({ username, uid, gid, homedir }, root) {
  try {
    process.initgroups(username, gid);
    process.setgid(gid);
    process.setuid(uid);
  } catch (error) {
    refuse(
      `${root} is the app of ${username}, and root could not become that user: ${error.message}`,
      sudoLine(username),
    );
  }
  Object.assign(process.env, { HOME: homedir, USER: username, LOGNAME: username });
  const ids = [process.getuid(), process.geteuid(), process.getgid(), process.getegid()];
  if (ids.join() !== [uid, uid, gid, gid].join() || canBeRootAgain()) {
    refuse(`this process could not become ${username}`, sudoLine(username));
  }
  try {
    accessSync(`${root}/package.json`, constants.R_OK);
  } catch {
    refuse(
      `${root} is the app of ${username}, who may not read it`,
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

/** As framework/config/config.ts finds it. */
function rootAbove(folder) {
  if (process.env.LAJU_ROOT) return resolve(process.env.LAJU_ROOT);
  for (let at = folder; ; at = dirname(at)) {
    const text = readOrEmpty(`${at}/package.json`);
    if (text.includes('"laju"') && "laju" in JSON.parse(text)) return at;
    if (at === dirname(at)) return folder;
  }
}

/** LAJU_DATA from the environment, else from .env. */
function dataFolder(root) {
  const text = process.env.LAJU_DATA === undefined ? readOrEmpty(`${root}/.env`) : "";
  const set = text.includes("LAJU_DATA")
    ? require("node:util").parseEnv(text).LAJU_DATA
    : process.env.LAJU_DATA;
  return resolve(root, set || "data");
}

/** Of the folder itself where it is linked, or of the link where that leads to a folder of root's. */
function ownerOf(data) {
  const folder = statSync(data, { throwIfNoEntry: false });
  return folder && (folder.uid || lstatSync(data).uid);
}

/** The system's own answer, whichever sources of users it has: Node tells it of the effective user. */
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

/** Only of a regular file: the app's user could let root wait for a named pipe. */
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
  console.error(`✗ ${message}. root does not run what another user can write.\n  ${hint}`);
  process.exit(1);
}

/** What to type instead. */
function sudoLine(user) {
  return ["sudo", "-u", user, ...[process.execPath, ...process.argv.slice(1)]].map(quoted).join(" ");
}

function quoted(word) {
  return /^[\w@%+=:,./-]+$/.test(word) ? String(word) : `'${String(word).replaceAll("'", "'\\''")}'`;
}
