import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Terminal } from "../../../framework/cli/terminal";
import { readMailboxSetting } from "../../../framework/config/mailAddresses";
import type { NoticeContent } from "../../../framework/runs/notices/noticeText";
import { webhookBody } from "../../../framework/runs/notices/webhookBody";
import { withoutValues } from "../../../framework/services/database/sqlErrors";
import { jsonLine } from "../../../framework/services/log/logLine";
import { prettyLine } from "../../../framework/services/log/prettyLine";
import { withoutUrlSecrets } from "../../../framework/services/webAddress";
import { errorText } from "../../../framework/text/errorText";
import { printable, printableLine, printableWithColors } from "../../../framework/text/printable";
import type { QueueState } from "../../../framework/views/queue/queueState";
import { queueText } from "../../../framework/views/queue/queueText";
import { runDetails, runTable } from "../../../framework/views/runList";
import { acting, foreign } from "../../support/foreign";
import { someRun } from "../../support/run";

/** Adds the colors that a terminal would show. */
const terminal: Terminal = {
  paint: (_, text) => `\u001b[31m${text}\u001b[0m`,
  symbols: { done: "✓", failed: "✗", running: "●", never: "○", skipped: "↷", dots: "…", bar: "█" },
  width: 100,
  isTerminal: true,
};
// biome-ignore lint/suspicious/noControlCharactersInRegex: color codes begin with one.
const withoutPaint = (text: string) => text.replaceAll(/\u001b\[(31|0|2)m/g, "");

const run = someRun({ state: "failed", exitStatus: 1 });

describe("untrusted text", () => {
  test("never controls the terminal, and one line stays one line", () => {
    fc.assert(
      fc.property(foreign, (text) => {
        expect(printable(text)).not.toMatch(acting);
        expect(printableLine(text)).not.toMatch(/\n|\t/);
        expect(withoutPaint(printableWithColors(text))).not.toMatch(acting);
        // Everything but control characters stays the same.
        if (!acting.test(text)) expect(printableWithColors(text)).toBe(text);
      }),
    );
  });

  test("takes one line in tables of runs and jobs", () => {
    fc.assert(
      fc.property(foreign, foreign, (error, type) => {
        const table = runTable([{ ...run, error, message: type }], 2, terminal);
        expect(table.split("\n")).toHaveLength(3);
        expect(withoutPaint(table)).not.toMatch(acting);
        expect(
          withoutPaint(runDetails({ ...run, error, message: type, args: [type] }, terminal)),
        ).not.toMatch(acting);
        const counts = { pending: 1, scheduled: 0, processing: 0, completed: 0, failed: 0, cancelled: 0 };
        const state = { types: [{ type, isPaused: false, ...counts }], workers: [], paused: [] };
        const shown = withoutPaint(queueText(state as unknown as QueueState, 0, terminal));
        expect(shown.split("\n")).toHaveLength(5);
        expect(shown).not.toMatch(acting);
      }),
    );
  });

  test("is one line in the log, and complete in JSON", () => {
    fc.assert(
      fc.property(foreign, foreign, (message, value) => {
        const entry = { time: new Date(0), level: "info", message, run: "own", meta: { value } };
        const line = jsonLine(entry);
        expect(line).not.toMatch(acting);
        expect(line).not.toContain("\n");
        expect(JSON.parse(line)).toMatchObject({ message, value, run: "own" });
        const [, ...more] = prettyLine(entry, false).split("\n");
        for (const next of more) expect(next).toMatch(/^ {2}/);
        expect(prettyLine(entry, false)).not.toMatch(acting);
      }),
    );
  });

  test("becomes no link, mention or code block in chats", () => {
    fc.assert(
      fc.property(foreign, foreign, (error, output) => {
        const content = {
          ...{
            event: "failure",
            name: "Digest",
            description: error,
            host: "h",
            app: "/a",
            failures: 1,
            output,
          },
          incident: { reason: error, openedAt: 0, closedAt: null },
          run: { ...run, error },
        } as unknown as NoticeContent;
        const { content: discord } = webhookBody(content, "discord") as { content: string };
        const [head = ""] = discord.split("```");
        expect(head.replaceAll(/\\[\s\S]/g, "")).not.toMatch(/[[\]()<>`]/);
        expect([0, 2]).toContain(discord.split("```").length - 1);
        expect(JSON.stringify(webhookBody(content, "teams"))).not.toContain("](");
        const { text: slack } = webhookBody(content, "slack") as { text: string };
        expect(slack).not.toMatch(/[<>]/);
      }),
    );
  });

  test("becomes an error text that databases accept", () => {
    fc.assert(
      fc.property(foreign, foreign, (message, cause) => {
        const text = errorText(new Error(message, { cause }), 200);
        expect(text.length).toBeLessThanOrEqual(200);
        expect(text).not.toMatch(/\p{Surrogate}|\0/u);
      }),
    );
  });
});

// Check only parts that look like an address: an unquoted comma may belong to a name (`Doe, Jo <jo@x.org>`).
test("no address in a list is silently lost", () => {
  const address = fc.constantFrom("a@x.org", "b.c@y.example", "root@localhost");
  const name = fc.constantFrom("", "Ops", '"Doe, J" ', "Ops Team ");
  const mailbox = fc.tuple(name, address).map(([label, one]) => (label === "" ? one : `${label}<${one}>`));
  const part = fc.oneof(mailbox, fc.constantFrom("x@", "@y", "a@b@c", "<", "o p@x y"));
  fc.assert(
    fc.property(
      fc.array(part, { minLength: 1, maxLength: 5 }),
      fc.constantFrom(", ", ";", ","),
      (parts, between) => {
        const { mailboxes, wrong } = readMailboxSetting(parts.join(between));
        const good = parts.flatMap((one) => /^(?:.*<)?([\w.]+@[\w.]+)>?$/.exec(one)?.[1] ?? []);
        const isClean = good.length === parts.length;
        if (isClean) expect([mailboxes.map(({ address: one }) => one), wrong]).toEqual([good, []]);
        else expect(wrong.length).toBeGreaterThan(0);
      },
    ),
  );
});

test("errors never contain secrets from a statement or URL", () => {
  const secret = fc.stringMatching(/^[A-Za-z0-9'"\\]{8,20}$/).map((text) => `Q${text}Z`);
  fc.assert(
    fc.property(secret, (value) => {
      const error = new Error(`Duplicate entry '${value}' for key 't' near '${value}' at line 1`);
      withoutValues(error, "insert into t values (?)", [value]);
      expect(`${error.message} ${error.stack}`).not.toContain(value);
      const url = `https://u:${encodeURIComponent(value)}@h/${encodeURIComponent(value)}?k=1`;
      expect(withoutUrlSecrets(`no /${encodeURIComponent(value)} (${value})`, url)).not.toContain(value);
    }),
  );
});
