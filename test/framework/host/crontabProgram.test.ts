import { describe, expect, test } from "vitest";
import { readAnswer } from "../../../framework/host/crontabProgram";

const debian = `crontab: invalid option -- 'V'
crontab: usage error: unrecognized option
usage:	crontab [-u user] [-n] file
	crontab [ -u user ] [ -i ] { -e | -l | -r }

	file	(default operation is replace, per 1003.2)
	-n	(dry run: checks the syntax, then bails out)`;
const busybox = `crontab: invalid option -- 'V'
BusyBox v1.35.0 (Debian 1:1.35.0-4+deb12u1+b1) multi-call binary.

Usage: crontab [-c DIR] [-u USER] [-ler]|[FILE]`;
const alpine = `crontab: unrecognized option: V
BusyBox v1.36.1 (2024-06-10 07:11:47 UTC) multi-call binary.`;
const oldCronie = `crontab: invalid option -- 'V'
usage:  crontab [-u user] file
 -n <host>  set host in cluster to run users' crontabs`;
const systemdCron = `usage: crontab [-h] [-u USER] [-l | -r | -e | -s] [-i] [file]
crontab: error: unrecognized arguments: -V`;
const bcron = `bcrontab: Error: Unknown option letter -V.
usage: bcrontab [flags] [ -u user ] file`;
const macOS = `crontab: illegal option -- V
crontab: usage error: unrecognized option
usage:	crontab [-u user] file`;

describe("crontab(1) is recognized by its response to -V", () => {
  test.each([
    ["Debian's", debian, { cron: "debian", dryRun: "-n" }],
    ["BusyBox's", busybox, { cron: "busybox", version: "1.35.0" }],
    ["Alpine's", alpine, { cron: "busybox", version: "1.36.1" }],
    ["Alpine's, to a user other than root", "crontab: must be suid to work properly\n", { cron: "busybox" }],
    ["an old cronie, whose -n is something else", oldCronie, { cron: "cronie", dryRun: "-T" }],
    ["systemd-cron's, which has no dry run", systemdCron, { cron: "systemd-cron" }],
    ["bcron's", bcron, { cron: "bcron" }],
    ["macOS's, which nobody vouches for", macOS, { cron: undefined, dryRun: "-n" }],
    ["dcron's", "crontab 4.5\n", { cron: undefined }],
    ["one that says nothing", "", { cron: undefined, dryRun: "-n" }],
  ])("%s", (_, text, program) => expect(readAnswer(text, false)).toEqual(program));

  test("cronie's, which supports it", () => {
    expect(readAnswer("cronie 1.7.2\n", true)).toEqual({ cron: "cronie", version: "1.7.2", dryRun: "-T" });
  });
});
