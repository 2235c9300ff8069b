import { describe, expect, test } from "vitest";
import { mayBeNews } from "../../../../framework/runs/supervision/reportSkip";

const second = 1_000;
/** Which skips check for a hanging run, out of this many at this distance. */
function looks(count: number, apart: number, more: { areAll?: boolean; knownFrom?: number } = {}): number[] {
  const { areAll = true, knownFrom = Number.POSITIVE_INFINITY } = more;
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  return numbers.filter((number) => {
    const times = numbers.slice(0, number).map((one) => one * apart);
    return mayBeNews({ times, areAll, hasIncident: () => number >= knownFrom }, 3);
  });
}

describe("whether a skipped start looks for a hanging run", () => {
  test("the third does, whatever the schedule", () => {
    for (const apart of [1, 10, 60, 3_600, 86_400]) {
      expect(looks(3, apart * second)).toEqual([3]);
    }
  });

  test("then each scheduled one does, until there is an incident", () => {
    expect(looks(6, 60 * second)).toEqual([3, 4, 5, 6]);
    expect(looks(8, 60 * second, { knownFrom: 4 })).toEqual([3, 6]);
  });

  test("of many simultaneous starts, fewer and fewer do", () => {
    expect(looks(100, 10)).toEqual([3, 6, 12, 24, 48, 96]);
  });

  test("each does if the journal no longer has the run's start", () => {
    expect(looks(3, 3_600 * second, { areAll: false })).toEqual([1, 2, 3]);
  });
});
