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
 * A `crontab` program that fails on request and stores its table in a file, and a process that looks like the
 * daemon.
 */
export interface FakeCrontab {
  folder: string;
  program: string;
  /** The table's bytes; undefined if there is no table. */
  table(): Buffer | undefined;
  put(table: string | Buffer): void;
  /** The arguments of each call so far, and whether it had input. */
  calls(): string[];
  remove(): void;
}

/**
 * `cases` are branches of a shell's `case "$*" in`, tried before the built-in ones. `$table` is the table's
 * file, `$calls` the list of calls.
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
 * An idle process with the name of a cron daemon, so laju takes it for one. Exits by itself if a test leaves it behind.
 */
function fakeDaemon(folder: string) {
  const program = join(folder, "cron");
  symlinkSync("/bin/sleep", program);
  const daemon = spawn(program, ["600"], { env: {}, stdio: "ignore", cwd: "/" });
  daemon.unref();
  return daemon;
}
