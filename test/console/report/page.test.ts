import { expect, test } from "vitest";
import { escapeHtml } from "../../../app/console/report/escape";
import { reportPage } from "../../../app/console/report/page";
import type { ReportData } from "../../../app/console/report/reportData";
import { someRun } from "../../support/run";

const hour = 3_600_000;
const now = Date.parse("2026-11-23T09:30:00Z");
const data: ReportData = {
  app: "shop <1>",
  host: "web-1",
  clock: { now: new Date(now), hostTimezone: "Europe/Berlin" },
  days: 7,
  from: now - 0.5 * hour - 167 * hour,
  cellMs: hour,
  status: {
    crontab: { state: "in order", message: "The crontab of deploy is in order", isBad: false },
    needsPerson: ["Digest failed with exit status 1"],
  },
  commands: [
    {
      name: "Digest",
      description: 'Mails "all"',
      row: undefined,
      cells: [
        { name: "Digest", cell: 0, state: "succeeded", count: 3, longest: 2_000 },
        { name: "Digest", cell: 166, state: "succeeded", count: 1, longest: 4_000 },
        { name: "Digest", cell: 166, state: "failed", count: 1, longest: 1_000 },
        { name: "Digest", cell: 167, state: "skipped", count: 2, longest: null },
      ],
    },
    { name: "Quiet", description: "", row: undefined, cells: [] },
  ],
  failures: [
    {
      run: someRun({
        id: 9,
        startedAt: now - hour,
        finishedAt: now - hour + 1_000,
        durationMs: 1_000,
        state: "failed",
        exitStatus: 1,
        error: "Error: <b>no</b>",
      }),
      output: "<script>alert(1)</script>",
    },
  ],
};
const page = reportPage(data);

test("text from commands is text, never markup", () => {
  expect(page).toContain("<h1>shop &lt;1&gt;</h1>");
  expect(page).toContain("<pre>&lt;script&gt;alert(1)&lt;/script&gt;</pre>");
  expect(page).toContain("<pre>Error: &lt;b&gt;no&lt;/b&gt;</pre>");
  expect(page).not.toMatch(/<script|<b>no/);
});

test("nothing is asked of another place", () => {
  expect(page).not.toMatch(/https?:|src=|@import|url\(/);
  expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
});

test("an hour with a failure is marked as one, whatever else ran in it", () => {
  const strip = /<svg class="timeline".*?<\/svg>/s.exec(page)?.[0];
  expect(strip).toBe(
    '<svg class="timeline" viewBox="0 0 168 24" preserveAspectRatio="none" role="img" aria-label="When Digest ran">' +
      '<rect class="good" x="0.08" y="8" width="0.84" height="16"><title>Mon 16 Nov 11:00: 3 succeeded</title></rect>' +
      '<rect class="bad" x="166.08" y="0" width="0.84" height="24"><title>Mon 23 Nov 09:00: 1 succeeded, 1 failed</title></rect>' +
      '<rect class="idle" x="167.08" y="16" width="0.84" height="8"><title>Mon 23 Nov 10:00: 2 skipped</title></rect></svg>',
  );
});

test("bars are as high as their longest run", () => {
  const bars = /<svg class="durations".*?<\/svg>/s.exec(page)?.[0] ?? "";
  expect(
    [...bars.matchAll(/height="([\d.]+)"><title>([^<]*)/g)].map(([, height, title]) => [height, title]),
  ).toEqual([
    ["20", "Mon 16 Nov 11:00: 2s"],
    ["40", "Mon 23 Nov 09:00: 4s"],
  ]);
});

test("numbers, what needs a person, and what did not run", () => {
  expect(page).toContain("<b>5</b>runs");
  expect(page).toContain('<b class="bad-text">1</b>failures');
  expect(page).toContain("<li>Digest failed with exit status 1</li>");
  expect(page).toContain("Not started in this time: Quiet");
  expect(page).toContain(
    '<summary><b>Digest</b> failed with exit status 1 after 1s <span class="dim">· Mon 23 Nov 09:30 · run 9</span></summary>',
  );
});

test.each([
  ["\u001b[31mred\u001b[0m", "red"],
  ["a\u0000b\tc\n", "a\ufffdb\tc\n"],
  [`'"&<>`, "&#39;&quot;&amp;&lt;&gt;"],
])("%j is shown as %j", (text, shown) => {
  expect(escapeHtml(text)).toBe(shown);
});
