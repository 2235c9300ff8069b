import { createRequire } from "node:module";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Terminal } from "../../../framework/cli/terminal";
import { commandFacts } from "../../../framework/metadata/manifest";
import type { Run } from "../../../framework/runs/ledger/run";
import type { NoticeContent } from "../../../framework/runs/notices/noticeText";
import { noticeMail } from "../../../framework/runs/notices/noticeText";
import { view } from "../../../framework/services/View";
import { jsonText } from "../../../framework/text/jsonText";
import { printable, printableLine, printableWithColors } from "../../../framework/text/printable";
import { type ListRow, listRows, listText } from "../../../framework/views/commandList";
import { groupFailures } from "../../../framework/views/report/failureGroups";
import { reportPage } from "../../../framework/views/report/page";
import type { ReportData } from "../../../framework/views/report/reportData";
import type { Status } from "../../../framework/views/statusRows";
import { statusText } from "../../../framework/views/statusText";
import { acting, foreign } from "../../support/foreign";
import { someRun } from "../../support/run";

const require = createRequire(import.meta.url);
interface HtmlParser {
  Parser: new (handlers: {
    onopentag(name: string, attributes: Record<string, string>): void;
    ontext(text: string): void;
    onclosetag(name: string): void;
    oncomment(text: string): void;
  }) => { end(html: string): void };
}
const { Parser }: HtmlParser = createRequire(require.resolve("html-to-text"))("htmlparser2");

/**
 * A page as a browser parses it: the tags with the names of their attributes, and all text, including attributes'
 * values.
 */
function readPage(html: string): { tags: string[]; texts: string[] } {
  const tags: string[] = [];
  const texts: string[] = [];
  let text = "";
  const take = () => {
    if (text !== "") texts.push(text);
    text = "";
  };
  const parser = new Parser({
    onopentag(name, attributes) {
      take();
      tags.push(`<${[name, ...Object.keys(attributes)].join(" ")}>`);
      texts.push(...Object.values(attributes));
    },
    ontext: (more) => {
      text += more;
    },
    onclosetag(name) {
      take();
      tags.push(`</${name}>`);
    },
    oncomment: () => tags.push("<!---->"),
  });
  parser.end(html);
  return { tags, texts };
}

const now = Date.parse("2026-11-23T09:30:00Z");
const clock = { now: new Date(now), hostTimezone: "Europe/Berlin" };
/** A text that is never empty. For an empty value, the page would leave out the tags around it. */
const some = foreign.map((text) => `x${text}y`);

function runWith(error: string, message: string): Run {
  return someRun({ startedAt: now, finishedAt: now + 1, state: "failed", exitStatus: 1, message, error });
}

describe("untrusted text stays text", () => {
  function report([app, host, name, description, error, output, trouble, crontab]: string[]): string {
    const data: ReportData = {
      ...{ app, host, clock, days: 7, from: now - 167 * 3_600_000, cellMs: 3_600_000 },
      status: {
        crontab: { state: "in order", message: crontab, isBad: false },
        needsPerson: [trouble],
      },
      commands: [
        {
          ...{ name, description, row: undefined },
          cells: [{ name, cell: 3, state: "failed", count: 1, longest: 5 }],
          starts: { succeeded: 0, failed: 1, running: 0, skipped: 0 },
        },
      ],
      failures: {
        ...{ total: 1, groupCount: 1 },
        shown: groupFailures(
          [{ id: 7, name, state: "failed", exitStatus: 1, startedAt: now, cause: error }],
          {
            keep: 1,
            current: new Set(),
          },
        ).map((group) => ({ ...group, newest: [{ run: { ...runWith(error, "m"), name }, output }] })),
      },
      queue: { types: [], problem: error },
    } as ReportData;
    return reportPage(data);
  }
  const plain = readPage(report(Array.from({ length: 8 }, () => "x")));

  test("in the report", () => {
    const texts = fc.array(some, { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(texts, (given) => {
        const html = report(given);
        const page = readPage(html);
        expect(page.tags).toEqual(plain.tags);
        expect(html).not.toMatch(acting);
        for (const text of given) {
          expect(page.texts.some((one) => one.includes(printable(text)))).toBe(true);
        }
      }),
      { numRuns: 30 },
    );
  });

  function mail([description, host, app, error, message, output]: string[]) {
    return noticeMail({
      ...{ event: "failure", name: "Digest", description, host, app, failures: 1, output },
      incident: { reason: "failed", openedAt: 0, closedAt: null },
      run: runWith(error, message),
    } as unknown as NoticeContent);
  }

  test("in a notification mail, with its facts kept apart", () => {
    const pageOf = (given: string[]) => readPage(view("notice", mail(given).data));
    const plainMail = Array.from({ length: 6 }, () => "x");
    const { tags } = pageOf(plainMail);
    const labelsIn = (text: string) => text.split("\n\n")[1]?.match(/^\S.*?(?=: )/gm) ?? [];
    const labels = labelsIn(mail(plainMail).text);
    expect(labels).toContain("Message");
    fc.assert(
      fc.property(fc.array(some, { minLength: 6, maxLength: 6 }), (given) => {
        // Each of these values is shown on the page, the cause of an error in a row of its own.
        const page = pageOf(given);
        expect(page.tags).toEqual(tags);
        expect(page.texts.join("")).not.toMatch(acting);
        const { subject, text } = mail(given);
        expect(`${subject}${text}`).not.toMatch(acting);
        expect(subject).toBe("Digest failed");
        const [description, , , error, message, output] = given.map(printable) as [string, ...string[]];
        for (const one of [description, (error as string).split("\n")[0], message, output]) {
          expect(page.texts.some((shown) => shown.includes(one as string))).toBe(true);
        }
        expect(labelsIn(text)).toEqual(labels);
        expect(text.endsWith(`\n\n${output}`)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});

/** Adds the colors that a terminal would show. */
const terminal: Terminal = {
  paint: (_, text) => text,
  symbols: { done: "✓", failed: "✗", running: "●", never: "○", skipped: "↷", dots: "…", bar: "█" },
  width: 100,
  isTerminal: true,
};

describe("in tables a row stays a row", () => {
  test("of list", () => {
    fc.assert(
      fc.property(foreign, foreign, (description, tag) => {
        const deployed = {
          ...commandFacts("Digest", "declared", { description, tags: [tag] }),
          overridden: [],
        };
        const rows: ListRow[] = listRows([deployed], clock, {
          next: 0,
          environment: "production",
          isInstalled: () => true,
        });
        const text = listText(rows, { ...clock, environment: "production", needsInstall: false }, terminal);
        expect(text.split("\n")).toHaveLength(4);
        expect(text).not.toMatch(acting);
      }),
      { numRuns: 50 },
    );
  });

  test("of status", () => {
    fc.assert(
      fc.property(foreign, foreign, (error, queueProblem) => {
        const row = {
          ...{ name: "Digest", enabled: true, isScheduled: true, last: runWith(error, "m"), running: null },
          ...{ isRetrying: false, isPaused: false, skipped: 0, ranElsewhere: null, nextRun: null },
          ...{ isInstalled: true },
          ...{ environments: null, isMeantHere: true, troubles: [] },
        };
        const status: Status & { queueProblem: string } = {
          commands: [row],
          crontab: { state: "in order", message: "The crontab is in order", isBad: false },
          needsPerson: [],
          queueProblem,
        } as Status & { queueProblem: string };
        const text = statusText(status, clock, terminal);
        expect(text.split("\n")).toHaveLength(5);
        expect(printableWithColors(text)).toBe(text);
        const note = printableLine(error);
        if (note.length < 40) expect(text).toContain(note.trimEnd());
      }),
      { numRuns: 50 },
    );
  });
});

test("JSON contains the original values, but nothing that controls a terminal", () => {
  fc.assert(
    fc.property(foreign, foreign, (key, value) => {
      const rows = [{ [`k${key}`]: value, list: [value] }];
      for (const indent of [0, 2]) {
        const text = jsonText(rows, { indent });
        expect(text).not.toMatch(acting);
        expect(printableWithColors(text)).toBe(text);
        expect(JSON.parse(text)).toEqual(rows);
      }
    }),
  );
});
