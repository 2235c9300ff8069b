import { describe, expect, test } from "vitest";
import { Load } from "../../../../framework/queue/worker/claimSize";

const inHand = (running: number, claiming: number, carried: number) => ({
  running,
  claiming,
  carried: () => carried,
});
const nothing = inHand(0, 0, 0);
const jobs = (count: number, size: number) =>
  Array.from({ length: count }, () => ({ data: "x".repeat(size) }));

describe("how many jobs a worker claims", () => {
  test("is small at first, in case the jobs are large", () => {
    expect(new Load().limit(500, nothing)).toBe(4);
  });

  test("increases as long as the jobs are small", () => {
    const load = new Load();
    for (let claims = 0; claims < 8; claims++) load.learn(jobs(1, 10));
    expect(load.limit(500, nothing)).toBe(500);
  });

  test("is limited to as many large jobs as fit into memory next to current and incoming jobs", () => {
    const load = new Load();
    for (let claims = 0; claims < 8; claims++) load.learn(jobs(1, 10));
    load.learn(jobs(1, 15_000_000));
    expect(load.limit(40, nothing)).toBe(4);
    expect(load.limit(38, inHand(2, 0, 30_000_000))).toBe(2);
    expect(load.limit(37, inHand(2, 1, 30_000_000))).toBe(1);
    expect(load.limit(36, inHand(4, 0, 60_000_000))).toBe(0);
  });

  test("is at least one, even if that job is very large", () => {
    const load = new Load();
    load.learn(jobs(1, 70_000_000));
    expect(load.limit(10, nothing)).toBe(1);
    expect(load.limit(10, inHand(1, 0, 10))).toBe(0);
  });
});
