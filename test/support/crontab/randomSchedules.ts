export { seeded as randomFrom } from "../../../scripts/seeded";

type Random = () => number;

const months = ["jan", "Feb", "mar", "APR", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const weekdays = ["sun", "Mon", "tue", "WED", "thu", "fri", "sat"];

/**
 * Five random fields, in any notation that cron accepts. They fire only a few times per day, so that a daemon can
 * process many.
 */
export function randomCronFields(random: Random): string {
  return [
    sparse(random, 59),
    sparse(random, 23),
    dayField(random, { low: 1, high: 31, names: [] }),
    random() < 0.7 ? "*" : dayField(random, { low: 1, high: 12, names: months }),
    dayField(random, { low: 0, high: 7, names: weekdays }),
  ].join(" ");
}

/** Five random fields as people write them who don't know cron well. Daemons differ in what some of them mean. */
export function randomRawFields(random: Random): string {
  return [
    rawField(random, { low: 0, high: 59, names: [] }),
    rawField(random, { low: 0, high: 23, names: [] }),
    random() < 0.4 ? "*" : rawField(random, { low: 1, high: 31, names: [] }),
    random() < 0.7 ? "*" : rawField(random, { low: 1, high: 12, names: months }),
    random() < 0.4 ? "*" : rawField(random, { low: 0, high: 7, names: weekdays }),
  ].join(" ");
}

function rawField(random: Random, range: DayRange): string {
  const count = pick(random, [1, 1, 1, 2]);
  return Array.from({ length: count }, () => rawItem(random, range)).join(",");
}

function rawItem(random: Random, range: DayRange): string {
  const { low, high, names } = range;
  const one = () => integer(random, low, high);
  const odd = [`${high + 1}`, `${one()}#1`, `${one()}.5`, `${one()}~${high}`, `${one()}-${one()}`, "L", "x"];
  if (random() < 0.15) return pick(random, odd);
  if (names.length > 0 && random() < 0.3) {
    return pick(random, [pick(random, names), `${pick(random, names)}-${pick(random, names)}`, "January"]);
  }
  return pick(random, [`${one()}`, `${one()}`, `*/${integer(random, 1, high + 3)}`, item(random, range)]);
}

function sparse(random: Random, high: number): string {
  const value = () => String(integer(random, 0, high));
  const span = integer(random, 0, high);
  return pick(random, [
    value,
    value,
    () => `${value()},${value()}`,
    () => `0-${high}/${integer(random, Math.floor(high / 2), high + 20)}`,
    () => `${span}-${high}/${integer(random, Math.ceil((high - span) / 2) + 1, 70)}`,
    () => `*/${integer(random, Math.floor(high / 2), high + 20)}`,
  ])();
}

interface DayRange {
  readonly low: number;
  readonly high: number;
  readonly names: readonly string[];
}

function dayField(random: Random, range: DayRange): string {
  if (random() < 0.35) return "*";
  if (random() < 0.1) return `*,${item(random, range)}`;
  const count = pick(random, [1, 1, 1, 2, 3]);
  return Array.from({ length: count }, () => item(random, range)).join(",");
}

function item(random: Random, range: DayRange): string {
  const { low, high, names } = range;
  if (names.length > 0 && random() < 0.3) return named(random, names);
  const from = integer(random, low, high);
  const to = integer(random, from, high);
  const step = integer(random, 1, high + 3);
  return pick(random, [`${from}`, `0${from}`, `${from}-${to}`, `${from}-${to}/${step}`, `*/${step}`]);
}

function named(random: Random, names: readonly string[]): string {
  const from = integer(random, 0, names.length - 1);
  const to = integer(random, from, names.length - 1);
  return pick(random, [names[from], `${names[from]}-${names[to]}`, `${names[from]}-${names[to]}/2`]);
}

export function integer(random: Random, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1));
}

export function pick<T>(random: Random, choices: readonly T[]): T {
  return choices[Math.floor(random() * choices.length)];
}
