import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * A `crontab` program that stores its table in a file and fails on request, and a process that looks like the cron
 * daemon.
 */
export interface FakeCrontab {
  folder: string;
  program: string;
  /** The table's bytes; undefined if there is none. */
  table(): Buffer | undefined;
  put(table: string | Buffer): void;
  /** The arguments of each call so far, and whether the call had input. */
  calls(): string[];
  remove(): void;
}

/**
 * Creates the program. `cases` are branches of a shell's `case "$*" in`, which are tried before the built-in ones. In
 * them, `$table` is the file of the table, and `$calls` the list of calls.
 */
export function fakeCrontab(cases = ""): FakeCrontab {
  const folder = mkdtempSync(join(tmpdir(), "laju-fake-"));
  const table = join(folder, "table");
  const calls = join(folder, "calls");
  mkdirSync(join(folder, "bin"));
  const program = join(folder, "bin", "crontab");
  const script = `#!/bin/sh
table='${table}' calls='${calls}'
echo "$*" >> "$calls"
case "$*" in
${cases}
-l) if [ -e "$table" ]; then cat "$table"; else echo 'no crontab for me' >&2; exit 1; fi;;
-V) echo "crontab: invalid option -- 'V'" >&2; exit 1;;
"-n -") cat > /dev/null;;
-) cat > "$table";;
*) echo "usage error: $*" >&2; exit 1;;
esac
`;
  writeFileSync(program, script, { mode: 0o755 });
  const daemon = fakeDaemon(folder);
  return {
    folder,
    program,
    table: () => (existsSync(table) ? readFileSync(table) : undefined),
    put: (bytes) => writeFileSync(table, bytes),
    calls: () => (existsSync(calls) ? readFileSync(calls, "utf8").trimEnd().split("\n") : []),
    remove() {
      daemon.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Starts an idle process named like a cron daemon, so laju takes it for one. It exits by itself if a test leaves it
 * behind.
 */
function fakeDaemon(folder: string) {
  const program = join(folder, "cron");
  symlinkSync("/bin/sleep", program);
  const daemon = spawn(program, ["600"], { env: {}, stdio: "ignore", cwd: "/" });
  daemon.unref();
  return daemon;
}
