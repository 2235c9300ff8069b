import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { cronEntries } from "../../../framework/crontab/entries/cronEntries";
import { cronFacts } from "../../../framework/host/crons";
import { parseSchedule } from "../../../framework/schedule/expression/expression";
import { integer, randomFrom } from "../crontab/randomSchedules";
import { randomCases } from "./randomCases";

const hostTimezone = "Europe/Berlin";

/**
 * Checks that guards of random schedules decide the same with BusyBox's shell and date, as on Alpine, as with Debian's.
 */
export function expectSameGuards(busybox: string, { seed, count }: { seed: number; count: number }): void {
  const random = randomFrom(seed);
  const options = { hostTimezone, isDaemonsOwn: true, cron: cronFacts("busybox") };
  const guards = randomCases(random, count, { hasSeconds: false }).flatMap(({ expression, timezone }) =>
    cronEntries(parseSchedule(expression), { timezone, ...options }).flatMap(({ guard }) => guard ?? []),
  );
  const moments = Array.from({ length: 5 }, () =>
    Math.floor(Date.UTC(2028, 0, integer(random, 1, 366)) / 1000),
  );
  const folder = mkdtempSync(join(tmpdir(), "laju-guards-"));
  try {
    const debian = passedBy("/bin/sh", "/bin/date", { folder: join(folder, "debian"), guards, moments });
    const alpine = passedBy(`${busybox} sh`, `${busybox} date`, {
      folder: join(folder, "busybox"),
      guards,
      moments,
    });
    expect(alpine).toEqual(debian);
    expect(debian.length).toBeGreaterThan(0);
    expect(debian.length).toBeLessThan(guards.length * moments.length);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Questions {
  folder: string;
  guards: readonly string[];
  moments: readonly number[];
}

/**
 * Prints "guard time" for each time at which a guard lets the command start. A stub of `date` uses the real one, for
 * the time $NOW.
 */
function passedBy(shell: string, date: string, { folder, guards, moments }: Questions): string[] {
  mkdirSync(folder);
  const now = join(folder, "date");
  const script = `#!/bin/sh\ncase " $* " in *" -d "*) exec ${date} "$@";; esac\nexec ${date} -d "@$NOW" "$@"\n`;
  writeFileSync(now, script, { mode: 0o755 });
  const questions = guards.flatMap((guard, index) =>
    moments.map((moment) => {
      const asked = guard.replaceAll("/bin/date", now);
      return `NOW=${moment + index * 1800}; export NOW; ( ${asked} echo ${index} $NOW ;; esac )\n`;
    }),
  );
  writeFileSync(join(folder, "questions"), questions.join(""));
  const [program = "", ...words] = shell.split(" ");
  const { stdout, stderr } = spawnSync(program, [...words, join(folder, "questions")], { encoding: "utf8" });
  expect(stderr).toBe("");
  return stdout.split("\n").slice(0, -1);
}
