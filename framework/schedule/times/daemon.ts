import { compile } from "../expression/calendar";
import type { CalendarSchedule } from "../expression/types";
import { firstCivilMinute } from "./civilFirings";

/**
 * If the clock jumps by more than this many minutes, cron doesn't start what it missed but continues from the new time.
 */
export const longestCatchUp = 180;

/**
 * After a jump of up to this many minutes, cron starts all missed entries; after a longer one, only those without
 * wildcards.
 */
const shortCatchUp = 5;

/** An entry's runs after the local clock jumped ahead, and the wall-clock minute that cron has reached after those runs. */
export interface Replay {
  /** The minutes since the epoch in which runs start, repeated if several start in one minute. */
  readonly runs: readonly number[];
  readonly doneUntil: number;
}

/**
 * Simulates Debian cron's main loop (cron.c, "wakeupKind") from the first minute after a jump ahead until it has caught
 * up. cron pauses ten seconds after each missed minute in which a job ran, so a long backlog spills into the following
 * minutes: `0-59 2 * * *` starts six or seven times per minute.
 */
export function replayAfterJump(
  schedule: CalendarSchedule,
  jump: { at: number; offset: number; doneUntil: number },
): Replay {
  const { isWild } = compile(schedule);
  const matches = (civil: number) => firstCivilMinute(schedule, civil) === civil;
  const runs: number[] = [];
  let { doneUntil } = jump;
  // cron wakes up at second 1 of each minute.
  let second = jump.at * 60 + 1;
  let isQueued = false;
  const clock = () => Math.floor(second / 60) + jump.offset;
  const runQueue = () => {
    if (isQueued) runs.push(Math.floor(second / 60));
    const ran = isQueued;
    isQueued = false;
    return ran;
  };
  const runNextMissed = () => {
    if (runQueue()) second += 10;
    doneUntil++;
    isQueued = matches(doneUntil);
  };
  for (;;) {
    const now = clock();
    const behind = now - doneUntil;
    if (behind <= shortCatchUp) {
      while (doneUntil < now) runNextMissed();
    } else if (isWild) {
      isQueued = matches(now);
      doneUntil = now;
    } else {
      do runNextMissed();
      while (doneUntil < now && clock() === now);
    }
    runQueue();
    if (doneUntil >= clock()) return { runs, doneUntil };
    if (clock() === now) second = (now - jump.offset + 1) * 60 + 1;
  }
}
