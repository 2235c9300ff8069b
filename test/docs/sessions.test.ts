import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeApp, type TestApp } from "../support/apps/app";
import { comparable } from "../support/apps/documentedLines";
import { type FakeCrontab, fakeCrontab } from "../support/crontab/fakeCrontab";
import { pages, project } from "../support/docs/pages";
import { isPlayed, play, rewritten } from "../support/docs/session";

/** With `LAJU_WRITE_DOCS=1`, writes the current output of the lines into the pages. */
const writes = process.env.LAJU_WRITE_DOCS === "1";

describe("the documentation shows the actual output", () => {
  let cron: FakeCrontab;
  beforeAll(() => {
    cron = fakeCrontab();
  });
  afterAll(() => cron.remove());

  test.each(pages().filter(isPlayed))("in $path", (page) => {
    const app: TestApp = makeApp();
    try {
      cron.put("");
      const played = play(page, { root: app.root, bin: dirname(cron.program) });
      if (writes) writeFileSync(join(project, page.path), rewritten(page, played));
      else {
        const seen = played.map(({ line, output }) => [line, ...comparable(output)]);
        expect(seen).toEqual(played.map(({ line, expected }) => [line, ...comparable(expected)]));
      }
    } finally {
      app.remove();
    }
  });
});
