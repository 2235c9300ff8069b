import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { tabSender } from "../../../framework/dashboard/live/tabSender";

test("tells a tab that reads no events to reload later, instead of keeping the events in memory", async () => {
  const sent: string[] = [];
  const takes: (() => void)[] = [];
  const tell = tabSender((event, data) => {
    sent.push(`${event} ${data}`);
    return new Promise((resolve) => takes.push(resolve));
  });
  for (let n = 1; n <= 1_000; n++) tell("change", () => String(n));
  expect(sent).toEqual(["change 1", "change 2", "change 3"]);
  for (const take of takes.splice(0)) take();
  await setImmediate();
  expect(sent.slice(3)).toEqual(["reload "]);
});
