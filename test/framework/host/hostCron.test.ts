import { afterEach, describe, expect, test, vi } from "vitest";
import { cronFacts, cronNames, parseCronName } from "../../../framework/host/crons";
import { cronNote, hostCron } from "../../../framework/host/hostCron";
import { type FakeCrontab, fakeCrontab } from "../../support/crontab/fakeCrontab";

// The hosts tested here must not contain the daemons of this machine and of other tests.
vi.mock("../../../framework/host/cronProcesses", () => ({
  cronProcesses: () => [],
  isDaemonItself: () => true,
  mayServeUs: () => true,
}));

let fake: FakeCrontab | undefined;
afterEach(() => {
  fake?.remove();
  vi.unstubAllEnvs();
});

/** A host whose crontab(1) prints this text for -V. */
function hostOf(answer: string): void {
  fake = fakeCrontab(`-V) cat <<'END' >&2\n${answer}\nEND\nexit 1;;`);
  vi.stubEnv("PATH", `${fake.folder}/bin:${process.env.PATH}`);
}

describe("an unknown cron gets only what all of them support", () => {
  test.each([
    ["dcron", "crontab 4.5\ncrontab file [-u user]  replace crontab from file"],
    ["fcron", "fcrontab 3.3.1 - user interface to daemon fcron"],
    ["FreeBSD and macOS", "crontab: illegal option -- V\nusage: crontab [-u user] file"],
    ["OpenBSD", "crontab: unknown option -- V\nusage: crontab [-u user] file"],
    ["mcron", "crontab (GNU mcron) 1.2.1"],
    ["nothing that is known", ""],
  ])("%s", (_, answer) => {
    hostOf(answer);
    const cron = hostCron();
    expect(cron).toMatchObject({ facts: cronFacts("unknown"), isNamed: false });
    expect(cronNote(cron)).toMatch(
      /^Written for a cron that laju does not know, which gets only entries that every/,
    );
  });

  test("has the strictest rules of all", () => {
    const unknown = cronFacts("unknown");
    for (const one of cronNames.map(cronFacts)) {
      for (const ability of ["isVixie", "startsTwice", "hasReboot", "isPrompt", "readsCronD"] as const) {
        expect([one.name, ability, unknown[ability] && !one[ability]]).toEqual([one.name, ability, false]);
      }
      for (const flaw of ["cutsAtHash", "joinsSpaces"] as const) {
        expect([one.name, flaw, one[flaw] && !unknown[flaw]]).toEqual([one.name, flaw, false]);
      }
      expect(unknown.maxEntries.root).toBeLessThanOrEqual(one.maxEntries.root);
      expect(unknown.maxEntries.others).toBeLessThanOrEqual(one.maxEntries.others);
    }
  });
});

describe("--cron", () => {
  test.each(cronNames)("%s overrides the host's own", (name) => {
    hostOf("crontab: invalid option -- 'V'");
    expect(hostCron({ cron: name })).toMatchObject({ facts: { name }, isNamed: true });
  });

  test("auto detects the host's, and other values are rejected with the valid names", () => {
    hostOf("BusyBox v1.36.1 (2024-06-10 07:11:47 UTC) multi-call binary.");
    expect(hostCron({ cron: "auto" })).toMatchObject({ label: "BusyBox crond 1.36.1", isNamed: false });
    expect(() => parseCronName("vixie")).toThrow('--cron "vixie" is not a cron that laju supports');
  });
});
