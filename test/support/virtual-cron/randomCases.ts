import { parseSchedule } from "../../../framework/schedule/expression/expression";
import { integer, pick } from "../crontab/randomSchedules";
import type { Intended } from "./entryChecks";

type Random = () => number;

/** Zones whose clocks change at odd times or by odd amounts, and some whose clocks never change. */
const zones = [
  "UTC",
  "Europe/Berlin",
  "Europe/London",
  "America/New_York",
  "America/St_Johns",
  "America/Sao_Paulo",
  "Asia/Kolkata",
  "Asia/Kathmandu",
  "Australia/Lord_Howe",
  "Pacific/Auckland",
  "Pacific/Chatham",
  "Africa/Cairo",
];

/** Random schedules: as many of other zones as of rates and of calendar forms. */
export function randomCases(random: Random, count: number, { hasSeconds = true } = {}): Intended[] {
  const kinds = [zoned, rate, calendar];
  return Array.from({ length: count }, (_, index) => {
    for (;;) {
      const intended = (kinds[index % kinds.length] as typeof zoned)(random, hasSeconds);
      if (canFire(intended.expression)) return intended;
    }
  });
}

/** Random times of day. Half of them are at night, when clocks change. */
function zoned(random: Random, hasSeconds: boolean): Intended {
  const hour = () => integer(random, 0, random() < 0.5 ? 4 : 23);
  const minute = () => integer(random, 0, 59);
  const hours = pick(random, [`${hour()}`, `${hour()},${hour()}`, `*/${integer(random, 2, 11)}`, "1-3", "*"]);
  const minutes = pick(random, [`${minute()}`, `${minute()}`, `${minute()},${minute()}`, "*/30"]);
  const seconds = hasSeconds && random() < 0.15 ? `${integer(random, 1, 59)} ` : "";
  return { expression: `${seconds}${minutes} ${hours} ${days(random)}`, timezone: pick(random, zones) };
}

function rate(random: Random): Intended {
  return {
    expression: pick(random, [
      () => `rate(${integer(random, 2, 200)} minutes)`,
      () => `rate(${integer(random, 2, 70)} hours)`,
      () => `rate(${integer(random, 2, 20)} days)`,
      () => `rate(${integer(random, 2, 4)} weeks)`,
      () => `@every ${integer(random, 1, 5)}h${integer(random, 1, 59)}m`,
    ])(),
  };
}

function calendar(random: Random): Intended {
  return {
    expression: `${integer(random, 0, 59)} ${integer(random, 0, 23)} ${pick(random, [formDays, days])(random)}`,
  };
}

function formDays(random: Random): string {
  const day = () => integer(random, 1, 31);
  const weekday = () => integer(random, 0, 6);
  return pick(random, [
    () => "L * *",
    () => "LW * *",
    () => `${day()}W * *`,
    () => `${day()}W,L * *`,
    () => `* * ${weekday()}L`,
    () => `* * ${weekday()}#${integer(random, 1, 5)}`,
    () => `* * ${weekday()}#${integer(random, 1, 5)},${weekday()}L`,
    () => `${day()},L * ${weekday()}#${integer(random, 1, 4)}`,
    () => `*/${integer(random, 2, 9)} * ${weekday()}L`,
    () => `L ${integer(random, 1, 6)},${integer(random, 7, 12)} ${weekday()}`,
  ])();
}

function days(random: Random): string {
  const day = () => integer(random, 1, 31);
  const weekday = () => integer(random, 0, 6);
  return pick(random, [
    () => "* * *",
    () => `* * ${weekday()}`,
    () => "* * 1-5",
    () => `* * fri-mon`,
    () => `${day()} * *`,
    () => `${day()},${day()} * ${weekday()}`,
    () => `*/${integer(random, 2, 15)} * ${weekday()}`,
    () => `${day()}-${day()} * *`,
    () => `*/2 * */${integer(random, 2, 3)}`,
  ])();
}

/** Whether a random schedule ever fires. Some don't, such as the 31st of months that have none. */
export function canFire(expression: string): boolean {
  try {
    parseSchedule(expression);
    return true;
  } catch (error) {
    if (String(error).includes("never fires")) return false;
    throw error;
  }
}
