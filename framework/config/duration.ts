import { LajuError } from "./errors";

const units = [
  { milliseconds: 604_800_000, spelling: /^(?:w|weeks?)$/ },
  { milliseconds: 86_400_000, spelling: /^(?:d|days?)$/ },
  { milliseconds: 3_600_000, spelling: /^(?:h|hours?)$/ },
  { milliseconds: 60_000, spelling: /^(?:m|min|minutes?)$/ },
  { milliseconds: 1000, spelling: /^(?:s|sec|seconds?)$/ },
  { milliseconds: 1, spelling: /^(?:ms|milliseconds?)$/ },
];

/** Parses a duration, such as "10m", "90s", "1h30m", "2 days" or "500ms", to milliseconds. */
export function parseDuration(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)/g)];
  const isWhole = /^\s*(?:\d+(?:\.\d+)?\s*[a-z]+\s*)+$/.test(text);
  let total = 0;
  let last = -1;
  for (const [, count, unit] of isWhole ? parts : []) {
    const index = units.findIndex(({ spelling }) => spelling.test(unit));
    // Units must decrease, and each may occur once: "30m1h" and "5m5m" are probably mistakes.
    if (index <= last) throw notADuration(text);
    last = index;
    total += Number(count) * units[index].milliseconds;
  }
  if (last < 0 || !Number.isSafeInteger(Math.round(total))) throw notADuration(text);
  return Math.round(total);
}

function notADuration(text: string): LajuError {
  const bare = /^\s*(\d+)\s*$/.exec(text)?.[1];
  return new LajuError(`${JSON.stringify(text)} is not a duration`, {
    code: "E_DURATION",
    exitStatus: 2,
    hint: bare
      ? `Add a unit: "${bare}s" or "${bare}m".`
      : 'Write a number and a unit (ms, s, m, h, d, w), such as "90s", "10m" or "1h30m".',
  });
}

/** Formats a duration for people, in at most two units: 14ms, 0.3s, 12.4s, 4m 02s, 2h 39m, 3d 4h. */
export function formatDuration(milliseconds: number): string {
  const sign = milliseconds < 0 ? "-" : "";
  const size = Math.abs(milliseconds);
  if (size > 0 && size < 99.5) return `${sign}${Math.ceil(size - 0.5) || 1}ms`;
  const tenths = Math.round(size / 100);
  if (tenths < 600) return `${sign}${tenths % 10 === 0 ? tenths / 10 : (tenths / 10).toFixed(1)}s`;
  const seconds = Math.round(size / 1000);
  if (seconds < 3600) return sign + pair(Math.floor(seconds / 60), "m", seconds % 60, "s");
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1440) return sign + pair(Math.floor(minutes / 60), "h", minutes % 60, "m");
  const hours = Math.floor(minutes / 60);
  return `${sign}${Math.floor(hours / 24)}d${hours % 24 === 0 ? "" : ` ${hours % 24}h`}`;
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0
    ? `${large}${largeUnit}`
    : `${large}${largeUnit} ${String(small).padStart(2, "0")}${smallUnit}`;
}
