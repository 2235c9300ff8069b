import type { CommandFacts } from "../metadata/manifest";
import { Agenda, type Due, type Since } from "./agenda";
import type { WorkClock } from "./workClock";

const minute = 60_000;

/** What workSchedule() needs. */
export interface ScheduleWork {
  clock: WorkClock;
  hostTimezone: string;
  /** The commands to start from now on. */
  commands: readonly CommandFacts[];
  /** The time up to which a command's starts had been handled before this scheduler began. */
  since: Since;
  /** The new commands, if they have changed. Called once a minute, just as cron checks its crontabs. */
  changes(): readonly CommandFacts[] | undefined;
  /** Starts a command. `slot` is the scheduled time, unless it is an @reboot start. */
  start(name: string, slot?: number): void;
  missed(due: Due): void;
}

/** Starts commands when they are due. Returns a function that stops the scheduler. */
export function workSchedule(work: ScheduleWork): () => void {
  const { clock } = work;
  const agenda = new Agenda(work.hostTimezone);
  const begin = clock.now();
  let checkedMinute = minuteOf(begin);
  let cancel = () => {};

  const startDue = (now: number) => {
    for (const due of agenda.take(now)) {
      if (due.missed > 0) work.missed(due);
      for (const slot of due.slots) work.start(due.name, slot);
    }
    // Wake up at least once a minute, to notice a new build or a changed clock.
    cancel = clock.wakeAt(Math.min(agenda.next() ?? Infinity, (minuteOf(now) + 1) * minute), wake);
  };
  const wake = () => {
    const now = clock.now();
    const commands = minuteOf(now) === checkedMinute ? undefined : work.changes();
    checkedMinute = minuteOf(now);
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
