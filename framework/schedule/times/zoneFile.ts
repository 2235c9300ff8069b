import { type PosixRule, parsePosixRule, posixOffset } from "./posixRule";

/** A zone's offsets in minutes east of UTC, by minutes since the epoch. */
export interface ZoneRules {
  offsetAt(minute: number): number;
}

/** Parses a compiled zone file (TZif, RFC 9636); undefined if it is not one. */
export function readZoneFile(bytes: Uint8Array): ZoneRules | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < headerSize || view.getUint32(0) !== magic) return undefined;
  const isOld = bytes[4] === 0;
  // The first block has 32-bit times; current programs read the second, which has 64-bit times.
  const start = isOld ? 0 : headerSize + blockSize(countsAt(view, 0), 4);
  const counts = countsAt(view, start);
  const times = timesIn(view, start + headerSize, counts, isOld ? 4 : 8);
  const end = start + headerSize + blockSize(counts, isOld ? 4 : 8);
  const rule = isOld ? undefined : parsePosixRule(footerAt(bytes, end));
  const offsets = offsetsIn(view, start + headerSize + counts.times * (isOld ? 4 : 8), counts);
  return { offsetAt: (minute) => offsetIn({ times, ...offsets, rule }, minute) };
}

const magic = 0x545a6966; // "TZif"
const headerSize = 44;

interface Counts {
  utc: number;
  standard: number;
  leaps: number;
  times: number;
  types: number;
  characters: number;
}

function countsAt(view: DataView, start: number): Counts {
  const [utc, standard, leaps, times, types, characters] = [20, 24, 28, 32, 36, 40].map((at) =>
    view.getUint32(start + at),
  );
  return { utc, standard, leaps, times, types, characters };
}

function blockSize({ utc, standard, leaps, times, types, characters }: Counts, width: number): number {
  return times * (width + 1) + types * 6 + characters + leaps * (width + 4) + standard + utc;
}

function timesIn(view: DataView, start: number, { times }: Counts, width: number): number[] {
  return Array.from({ length: times }, (_, index) =>
    width === 4 ? view.getInt32(start + index * 4) : Number(view.getBigInt64(start + index * 8)),
  );
}

/** The offset before the first change, then the offset after each change. */
function offsetsIn(view: DataView, start: number, { times, types }: Counts) {
  const ofType = Array.from({ length: types }, (_, type) => view.getInt32(start + times + type * 6) / 60);
  const after = Array.from({ length: times }, (_, index) => ofType[view.getUint8(start + index)]);
  return { first: ofType[0], after };
}

function footerAt(bytes: Uint8Array, start: number): string {
  return Buffer.from(bytes.subarray(start)).toString("latin1").split("\n")[1] ?? "";
}

interface Changes {
  times: readonly number[];
  first: number;
  after: readonly number[];
  rule: PosixRule | undefined;
}

function offsetIn({ times, first, after, rule }: Changes, minute: number): number {
  const index = times.findLastIndex((time) => time <= minute * 60);
  if (index === times.length - 1 && rule !== undefined) return posixOffset(rule, minute);
  return Math.floor(index < 0 ? first : after[index]);
}
