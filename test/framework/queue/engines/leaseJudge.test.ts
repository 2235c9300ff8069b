import { expect, test } from "vitest";
import { LeaseJudge, type SeenHolder } from "../../../../framework/queue/engines/leaseJudge";

const holder = (until: number, remaining: number): SeenHolder => ({
  ...{ id: "w", host: "elsewhere", pid: 1, identity: null, concurrency: 1, startedAt: 0 },
  lease: { until, remaining },
});

/** Consecutive checks, each with the time, the end of the lease, its remaining time, and whether it's connected. */
type Look = [at: number, until: number, remaining: number, isConnected?: boolean];

const over = { isSilent: true, isOver: true };
const living = { isSilent: false, isOver: false };
const connected = { isSilent: true, isOver: false };

test.each<[string, Look[], object]>([
  ["has not expired", [[0, 9, 5]], living],
  [
    "has just expired for the first time",
    [
      [0, 9, 5],
      [500, 9, -1],
    ],
    living,
  ],
  [
    "expired longer ago than a heartbeat takes",
    [
      [0, 9, -1],
      [1500, 9, -1501],
      [3000, 9, -3001],
    ],
    over,
  ],
  [
    "had expired and has been renewed",
    [
      [0, 9, -1],
      [2900, 15, 6],
      [3100, 15, 5],
    ],
    living,
  ],
  [
    "has expired several times, each time with another end",
    [
      [0, 9, -1],
      [2000, 10, -1],
      [4000, 11, -1],
    ],
    living,
  ],
  [
    "ended because the clock jumped by an hour",
    [
      [0, 9, 5],
      [500, 9, -3_600_000],
    ],
    living,
  ],
  ["had expired long before this process started", [[0, 9, -3_600_000]], over],
  [
    "ends far in the future, because its worker's clock was ahead, and is not renewed",
    [
      [0, 9, 3_600_000],
      [60_000, 9, 3_540_000],
    ],
    over,
  ],
  [
    "ends far in the future and is renewed",
    [
      [0, 9, 3_600_000],
      [59_000, 10, 3_600_000],
      [61_000, 10, 3_598_000],
    ],
    living,
  ],
  [
    "has expired while the worker is connected",
    [
      [0, 9, -1, true],
      [3000, 9, -3001, true],
    ],
    connected,
  ],
  [
    "expired long ago, although the worker is connected",
    [
      [0, 9, -1, true],
      [400_000, 9, -400_000, true],
    ],
    over,
  ],
  ["has not expired, and whose worker has just lost its connection", [[0, 9, 5000, false]], living],
  [
    "has not expired, but whose worker remains without a connection",
    [
      [0, 9, 5000, false],
      [1400, 9, 3600, false],
    ],
    { isSilent: false, isOver: true },
  ],
  [
    "has not expired, and whose worker has reconnected",
    [
      [0, 9, 5000, false],
      [500, 9, 4500, true],
      [1400, 9, 3600, false],
    ],
    living,
  ],
])("a lease that %s", (_, looks, expected) => {
  let now = 0;
  const leaseJudge = new LeaseJudge(() => now);
  const answers = looks.map(([at, until, remaining, isConnected]) => {
    now = at;
    const connections = new Map(isConnected === undefined ? [] : [["w", isConnected]]);
    return leaseJudge.judge([holder(until, remaining)], connections)[0]?.lease;
  });
  expect(answers.at(-1)).toEqual({ until: looks.at(-1)?.[1], ...expected });
});
