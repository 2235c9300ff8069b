// Root's part of a crontab verb, such as `laju crontab:install`, that root runs in another user's app. Only root may be
// able to change that user's crontab, because of cron.allow. This process starts laju again as a child process, which
// switches to the app's user and asks this one to call crontab(1): only for that user's crontab, and only with a few
// fixed arguments. It loads none of the app's code, and the only data that it accepts from the child is a crontab.
"use strict";
const { spawn, spawnSync } = require("node:child_process");
const {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} = require("node:fs");
const { constants, tmpdir } = require("node:os");

const ways = ["-l", "-e", "-n -", "-", "/dev/stdin"];
const signals = ["SIGTERM", "SIGHUP"];
/** The size of the largest crontab that is accepted, in bytes. Debian's crontab(1) accepts 10,000 lines. */
const maxBytes = 32 * 1024 * 1024;

/** Runs this command line again as the app's user. Resolves to its exit status. */
exports.runWithCrontab = function runWithCrontab(user) {
  const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    stdio: ["inherit", "inherit", "inherit", "pipe"],
    env: { ...process.env, LAJU_CRONTAB_FD: "3" },
  });
  serve(child.stdio[3], user);
  // Ignore Ctrl+C here: the terminal sends it to the child too, which handles it.
  process.on("SIGINT", () => {});
  for (const signal of signals) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status, signal) => resolve(signal ? 128 + constants.signals[signal] : status));
  });
};

/**
 * Answers the child's requests. A request is a line of JSON, followed by a crontab whose length in bytes it states. An
 * answer is a line of JSON.
 */
function serve(socket, user) {
  let received = Buffer.alloc(0);
  socket.on("error", () => {}); // Ignore it: the child has exited.
  socket.on("data", (bytes) => {
    received = Buffer.concat([received, bytes]);
    for (let request = nextIn(received); request !== undefined; request = nextIn(received)) {
      received = received.subarray(request.end);
      socket.write(`${JSON.stringify(crontab(request, user))}\n`);
    }
    if (received.length > maxBytes) socket.destroy();
  });
}

function nextIn(received) {
  const begin = received.indexOf("\n") + 1;
  if (begin === 0) return undefined;
  const { way, header, length } = JSON.parse(received.subarray(0, begin).toString());
  const end = begin + length;
  return end > received.length ? undefined : { way, header, table: received.subarray(begin, end), end };
}

function crontab({ way, header, table }, user) {
  if (way === "others' blocks") return othersBlocks(user);
  if (way === "has returns") return { status: hasReturns(user) ? 0 : 1, stdout: "" };
  if (!ways.includes(way)) return { error: `root does not run crontab ${way} for ${user}` };
  const { status, signal, error, stdout, stderr } = withFile(table, (file) =>
    spawnSync("crontab", ["-u", user, ...way.split(" ")], {
      stdio: [file, "pipe", "pipe"],
      maxBuffer: 256 * 1024 * 1024,
      env: {
        ...process.env,
        LC_ALL: "C",
        ...(way === "-e" && { VISUAL: "cat", EDITOR: "cat" }),
        ...((header === "Y" || header === "N") && { CRONTAB_NOHEADER: header }),
      },
    }),
  );
  if (error) return { error: error.message, code: error.code };
  return { status, signal, stdout: stdout.toString("base64"), stderr: stderr.toString("base64") };
}

/**
 * Calls `use` with an open descriptor of a private file that contains the crontab. A pipe would not work, because
 * crontab(1) could not reopen it as /dev/stdin.
 */
function withFile(table, use) {
  const folder = mkdtempSync(`${tmpdir()}/laju-crontab-`);
  try {
    writeFileSync(`${folder}/new`, table, { mode: 0o600 });
    const file = openSync(`${folder}/new`, "r");
    try {
      return use(file);
    } finally {
      closeSync(file);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Whether the crontab contains carriage returns, which the crontab(1) of systemd-cron leaves out when it lists a
 * crontab.
 */
function hasReturns(user) {
  const table = `${spools[0]}/${user}`;
  return statSync(table, { throwIfNoEntry: false }) !== undefined && readFileSync(table).includes("\r");
}

const spools = ["/var/spool/cron/crontabs", "/var/spool/cron/tabs", "/var/spool/cron"];

/** Finds the BEGIN markers in other users' crontabs whose folders belong to the app's user. Reveals no other lines. */
function othersBlocks(user) {
  const uid = Number(spawnSync("id", ["-u", "--", user], { encoding: "utf8" }).stdout);
  const found = spools.flatMap((folder) => beginMarkers(folder, user, uid));
  return { status: 0, stdout: Buffer.from(found.join("\n"), "latin1").toString("base64") };
}

function beginMarkers(folder, user, uid) {
  return filesIn(folder)
    .filter((name) => name !== user)
    .flatMap((name) => {
      const lines = readFileSync(`${folder}/${name}`, "latin1").split("\n");
      return lines.filter((line) => isOf(uid, line)).map((line) => `${name} ${line}`);
    });
}

function filesIn(folder) {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  } catch {
    return []; // The folder doesn't exist.
  }
}

function isOf(uid, line) {
  const root = /^# BEGIN laju (\/.*?)(?: hash=[0-9a-f]{8}.*| newline=added)?$/.exec(line)?.[1];
  if (root === undefined) return false;
  const folder = statSync(Buffer.from(root, "latin1"), { throwIfNoEntry: false });
  return folder?.uid === uid;
}
