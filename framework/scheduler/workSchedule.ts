import type { CommandFacts } from "../metadata/manifest";
import { Agenda, type Due, type Since } from "./agenda";
import type { WorkClock } from "./workClock";

const minute = 60_000;

/** What a foreground scheduler works with. */
export interface ScheduleWork {
  clock: WorkClock;
  hostTimezone: string;
  /** The commands to start from now on. */
  commands: readonly CommandFacts[];
  /** Up to when the times of a command were taken care of before this scheduler began. */
  since: Since;
  /** The commands anew when they are others than before. Asked once a minute, as cron looks at its tables. */
  changes(): readonly CommandFacts[] | undefined;
  /** Starts a command; `slot` is the time that it is due for, where it is due by a clock. */
  start(name: string, slot?: number): void;
  missed(due: Due): void;
}

/** Starts commands at their times until it is told to stop; returns how to stop it. */
export function workSchedule(work: ScheduleWork): () => void {
  const { clock } = work;
  const agenda = new Agenda(work.hostTimezone);
  const begin = clock.now();
  let looked = minuteOf(begin);
  let cancel = () => {};

  const startDue = (now: number) => {
    for (const due of agenda.take(now)) {
      if (due.missed > 0) work.missed(due);
      for (const slot of due.slots) work.start(due.name, slot);
    }
    // Once a minute at least: for a new build, and because the clock may be set meanwhile.
    cancel = clock.wakeAt(Math.min(agenda.next() ?? Infinity, (minuteOf(now) + 1) * minute), wake);
  };
  const wake = () => {
    const now = clock.now();
    const commands = minuteOf(now) === looked ? undefined : work.changes();
    looked = minuteOf(now);
    if (commands !== undefined) agenda.plan(commands, now);
    startDue(now);
  };

  agenda.plan(work.commands, begin, (command) => Math.min(begin, work.since(command) ?? begin));
  for (const name of agenda.atStart()) work.start(name);
  startDue(begin);
  return () => cancel();
}

function minuteOf(time: number): number {
  return Math.floor(time / minute);
}
