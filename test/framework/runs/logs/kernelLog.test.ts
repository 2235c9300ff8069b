import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { killedByKernel } from "../../../../framework/runs/logs/kernelLog";

const folder = mkdtempSync(join(tmpdir(), "laju-kmsg-"));
const file = join(folder, "kmsg");
writeFileSync(
  file,
  `6,812,40000000,-;oom-kill:constraint=CONSTRAINT_MEMCG,task=node,pid=4182,uid=0
3,813,40000001,-;Memory cgroup out of memory: Killed process 4182 (node) total-vm:1206580kB, anon-rss:49000kB
3,814,90000000,-;Out of memory: Killed process 77 (node) total-vm:1206580kB
`,
);
afterAll(() => rmSync(folder, { recursive: true }));

/** A process identity. `ticks` is the start time in hundredths of a second after boot. */
const identity = (ticks: number, namespace = "pid:[4026531836]") => `boot ${namespace} ${ticks}`;

test.each([
  ["its own record", 4182, identity(3_900), true],
  ["one without a group", 77, identity(3_900), true],
  ["one of an earlier process of that number", 4182, identity(4_100), false],
  ["one of a longer number", 418, identity(0), false],
  ["numbers of another container", 4182, identity(3_900, "pid:[4026532000]"), false],
  ["an unknown process", 4182, null, false],
])("reads the kernel's record: %s", (_, pid, who, isKilled) => {
  expect(killedByKernel(pid, who, file)).toBe(isKilled);
});

test("ignores an unreadable record", () => {
  expect(killedByKernel(4182, identity(0), join(folder, "none"))).toBe(false);
});
