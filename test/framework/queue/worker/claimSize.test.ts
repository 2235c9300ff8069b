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
  test("before it has seen one: a few, in case that they are large", () => {
    expect(new Load().limit(500, nothing)).toBe(4);
  });

  test("more and more while they are small", () => {
    const load = new Load();
    for (let claims = 0; claims < 8; claims++) load.learn(jobs(1, 10));
    expect(load.limit(500, nothing)).toBe(500);
  });

  test("as many large ones as fit beside what it has and what is on its way", () => {
    const load = new Load();
    for (let claims = 0; claims < 8; claims++) load.learn(jobs(1, 10));
    load.learn(jobs(1, 15_000_000));
    expect(load.limit(40, nothing)).toBe(4);
    expect(load.limit(38, inHand(2, 0, 30_000_000))).toBe(2);
    expect(load.limit(37, inHand(2, 1, 30_000_000))).toBe(1);
    expect(load.limit(36, inHand(4, 0, 60_000_000))).toBe(0);
  });

  test("one at least, however large it may be", () => {
    const load = new Load();
    load.learn(jobs(1, 70_000_000));
    expect(load.limit(10, nothing)).toBe(1);
    expect(load.limit(10, inHand(1, 0, 10))).toBe(0);
  });
});
