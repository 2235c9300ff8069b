import { compile } from "../expression/calendar";
import type { CalendarSchedule } from "../expression/types";
import { firstCivilMinute } from "./civilFirings";

/** How far behind (or ahead) the clock may be before cron gives up and starts afresh. */
export const longestCatchUp = 180;

/** cron replays every minute for everyone up to here, and beyond it the fixed entries only. */
const shortCatchUp = 5;

/** What one entry does when the local clock has jumped ahead, and up to which civil minute it then is. */
export interface Replay {
  /** Minutes since the epoch at which a run starts; one that repeats starts that often. */
  readonly runs: readonly number[];
  readonly doneUntil: number;
}

/**
 * Debian cron's main loop (cron.c, "wakeupKind") from the first minute after a jump ahead until it is
 * up to date again. It pauses ten seconds after each missed minute that ran something, so a long list of
 * missed minutes spills into the minutes after: `0-59 2 * * *` starts six or seven times a minute.
 */
export function replayAfterJump(
  schedule: CalendarSchedule,
  jump: { at: number; offset: number; doneUntil: number },
): Replay {
  const { isWild } = compile(schedule);
  const matches = (civil: number) => firstCivilMinute(schedule, civil) === civil;
  const runs: number[] = [];
  let { doneUntil } = jump;
  // cron wakes at second 1 of a minute.
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
