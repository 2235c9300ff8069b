import { describe, expect, test } from "vitest";
import type { RunCell } from "../../../../framework/runs/history/reportRuns";
import { timeAxis } from "../../../../framework/views/report/axis";
import { escapeHtml } from "../../../../framework/views/report/escape";
import { maxCards, reportPage } from "../../../../framework/views/report/page";
import type { ReportCommand, ReportData } from "../../../../framework/views/report/reportData";
import { successRate } from "../../../../framework/views/report/successRate";
import { someRun } from "../../../support/run";

const hour = 3_600_000;
const now = Date.parse("2026-11-23T09:30:00Z");

function command(name: string, more: Partial<ReportCommand> = {}): ReportCommand {
  const starts = { succeeded: 0, failed: 0, running: 0, skipped: 0 };
  return { name, description: "", row: undefined, cells: [], starts, ...more };
}

const data: ReportData = {
  app: "shop <1>",
  host: "web-1",
  clock: { now: new Date(now), hostTimezone: "Europe/Berlin" },
  days: 7,
  from: now - 0.5 * hour - 167 * hour,
  cellMs: hour,
  status: {
    crontab: { state: "in order", message: "The crontab of deploy matches the build", isBad: false },
    needsPerson: ["Digest failed with exit status 1"],
  },
  commands: [
    command("Digest", {
      description: 'Mails "all"',
      cells: [
        { name: "Digest", cell: 0, state: "succeeded", count: 3, longest: 2_000 },
        { name: "Digest", cell: 1, state: "succeeded", count: 2, longest: 1_000 },
        { name: "Digest", cell: 165, state: "failed", count: 1, longest: 100 },
        { name: "Digest", cell: 166, state: "succeeded", count: 1, longest: 4_000 },
        { name: "Digest", cell: 166, state: "failed", count: 1, longest: 1_000 },
        { name: "Digest", cell: 167, state: "skipped", count: 2, longest: null },
      ],
      starts: { succeeded: 6, failed: 1, running: 0, skipped: 2 },
    }),
    command("Quiet"),
  ],
  failures: {
    total: 327,
    groupCount: 2,
    shown: [
      {
        ...{ title: "Error: <b>no</b> 7", varies: true, count: 326, isCurrent: true },
        ...{ firstAt: now - 100 * hour, lastAt: now - hour },
        commands: new Map([
          ["Digest", 300],
          ["Quiet", 26],
        ]),
        newest: [
          {
            run: someRun({
              ...{ id: 9, startedAt: now - hour, finishedAt: now - hour + 1_000, durationMs: 1_000 },
              ...{ state: "failed", exitStatus: 1, error: "Error: <b>no</b> 7\n  at x", attempt: 2 },
            }),
            output: "<script>alert(1)</script>",
          },
        ],
      },
    ],
  },
  queue: {
    types: [
      {
        ...{
          type: "Mail",
          scheduled: 1,
          pending: 1_200,
          parked: 0,
          processing: 2,
          completed: 995,
          failed: 5,
        },
        ...{ cancelled: 0, isPaused: false, isTaken: true },
        newestFailure: { id: 4, error: "no <mailbox>\n  at x", at: now },
      },
    ],
  },
};
const page = reportPage(data);

test("text from commands is never interpreted as HTML", () => {
  expect(page).toContain("<h1>shop &lt;1&gt;</h1>");
  expect(page).toContain("<pre>&lt;script&gt;alert(1)&lt;/script&gt;</pre>");
  expect(page).toContain("<pre>Error: &lt;b&gt;no&lt;/b&gt; 7\n  at x</pre>");
  expect(page).not.toMatch(/<script|<b>no/);
});

test("loads nothing from other servers", () => {
  expect(page).not.toMatch(/https?:|src=|@import|url\(/);
  expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
});

test("a period with a failure is marked and says what happened", () => {
  const strip = /<svg class="timeline".*?<\/svg>/s.exec(page)?.[0];
  expect(strip).toBe(
    '<svg class="timeline" viewBox="0 0 168 24" preserveAspectRatio="none" role="img" aria-label="When Digest ran">' +
      '<path class="good" d="M0 8h2v16h-2z"/><path class="idle" d="M167 16h1v8h-1z"/>' +
      '<path class="bad" d="M165 0h2v24h-2z"><title>Mon 23 Nov 08:00 to Mon 23 Nov 09:00: 2 failed, 1 succeeded</title></path></svg>',
  );
});

test("bars are as high as their longest run, with a scale", () => {
  expect(page).toContain('<div class="scale"><span>4s</span><span>2s</span><span>0</span></div>');
  const bars = /<svg class="durations".*?<\/svg>/s.exec(page)?.[0] ?? "";
  expect(bars).toContain('d="M0 40v-20h1v20zM1 40v-10h1v10zM165 40v-1h1v1zM166 40v-40h1v40z"');
});

test("a command shows how its starts ended, with links to the failures", () => {
  expect(page).toContain(
    '<p class="facts">7 starts · <b class="bad-text">1 failed</b>' +
      " · 85.7% succeeded · 1 attempt retried · 2 skipped · longest 4s</p>",
  );
  expect(page).toContain('<section class="card" id="c0">');
  expect(page).toContain('<a href="#e0">Error: &lt;b&gt;no&lt;/b&gt; 7</a> ×300');
});

test("failures are grouped by cause, with links to the commands and the number shown", () => {
  expect(page).toContain(
    "327 failed runs, 2 causes · 1 of 327 shown · 1 rarer cause left out · node laju runs --failed lists them all",
  );
  expect(page).toContain(
    '<b class="bad-text">326×</b> · <a href="#c0">Digest</a> ×300, <a href="#c1">Quiet</a> ×26',
  );
  expect(page).toContain('<span class="dim">Thu 19 Nov 06:30 to Mon 23 Nov 09:30</span>');
  expect(page).toContain(
    '<summary>Mon 23 Nov 09:30 <b>Digest</b> failed with exit status 1 after 1s <span class="dim">· run 9, attempt 2</span></summary>',
  );
  expect(page).toContain('<p class="dim small">1 of 326 shown</p>');
});

test("shows the queue's types, and commands that did not run", () => {
  expect(page).toContain('<td>Mail</td>\n<td class="number bad-text">5</td>');
  expect(page).toContain(
    '<td class="number">995</td><td class="number">99.5%</td><td class="number">1,200</td>',
  );
  expect(page).toContain('<span class="dim">Mon 23 Nov 10:30 job 4</span> no &lt;mailbox&gt;</td>');
  expect(page).toContain("Not started in this period: Quiet");
  expect(reportPage({ ...data, queue: { types: [] } })).not.toContain("<h2>Queue</h2>");
});

test("shows totals and what needs attention", () => {
  expect(page).toContain("<li><b>7</b>starts</li>");
  expect(page).toContain('<li><b class="bad-text">1</b>start failed</li>');
  expect(page).toContain("<li><b>85.7%</b>succeeded</li>");
  expect(page).toContain("<li>Digest failed with exit status 1</li>");
});

test.each([
  [{ succeeded: 9_999, failed: 1 }, "99.9%"],
  [{ succeeded: 10, failed: 0 }, "100%"],
  [{ succeeded: 0, failed: 3 }, "0%"],
  [{ succeeded: 0, failed: 0 }, ""],
])("for %j the success rate is %j", (starts, text) => expect(successRate(starts)).toBe(text));

describe("the days below a chart", () => {
  const labels = (at: string, days = 7) => {
    const cellMs = Math.ceil((days * 24 * hour) / 168);
    const to = Math.ceil((Date.parse(at) + 1) / cellMs) * cellMs;
    const clock = { now: new Date(at), hostTimezone: "UTC" };
    const axis = timeAxis({ from: to - 168 * cellMs, cellMs, clock, days });
    return [...axis.matchAll(/<line [^>]*>(?:<text(?: class="([^"]*)")? x[^>]*>([^<]*))?/g)].map(
      ([, classes = "", label = ""]) => (classes === "" ? label : `${label} (${classes})`),
    );
  };

  test.each([
    ["2026-11-23T18:30Z", 7, ["Tue 17", "Wed 18", "Thu 19", "Fri 20", "Sat 21", "Sun 22", "today"]],
    [
      "2026-11-23T05:30Z",
      7,
      ["Tue 17", "Wed 18", "Thu 19", "Fri 20", "Sat 21", "Sun 22 (roomy)", "today (left)"],
    ],
    ["2026-11-23T10:30Z", 1, ["12:00", "18:00", "today", "06:00"]],
  ])("at %s, for %i days", (at, days, expected) => expect(labels(at, days)).toEqual(expected));

  test("many days have only as many labels as fit", () => {
    const shown = labels("2026-11-23T05:30Z", 30).filter((label) => !/^( |$)/.test(label));
    expect(shown.length).toBeLessThanOrEqual(16);
    expect(shown.at(-1)).toBe("today (left)");
  });
});

test("a page with very many commands stays small enough to mail, and says what it leaves out", () => {
  const cells = Array.from({ length: 168 }, (_, cell): RunCell[] => [
    { name: "C", cell, state: "succeeded", count: 60, longest: 1_000 + cell * 37 },
    ...(cell % 2 === 0 ? [] : [{ name: "C", cell, state: "failed" as const, count: 1, longest: 40_000 }]),
  ]).flat();
  const starts = { succeeded: 168 * 60, failed: 84, running: 0, skipped: 0 };
  const commands = Array.from({ length: 1_000 }, (_, index) => command(`Command${index}`, { cells, starts }));
  const large = reportPage({ ...data, commands });
  expect(large.length).toBeLessThan(2_500_000);
  expect(large.match(/<section class="card" id="c/g)).toHaveLength(maxCards);
  expect(large).toContain(`<p class="dim">${1_000 - maxCards} more commands, without charts:</p>`);
  expect(large).toContain(
    '<tr id="c999"><td>Command999</td><td class="number">10164</td><td class="number">84</td><td class="number">99.1%</td><td class="number">40s</td></tr>',
  );
});

test.each([
  ["\u001b[31mred\u001b[0m", "red"],
  ["a\u0000b\tc\n", "a\ufffdb\tc\n"],
  [`'"&<>`, "&#39;&quot;&amp;&lt;&gt;"],
])("%j is shown as %j", (text, shown) => {
  expect(escapeHtml(text)).toBe(shown);
});
