import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemTimezone } from "../../../framework/config/hostTimezone";
import { cronDFile } from "../../../framework/crontab/exports/cronD";
import type { ExportedCommand, ExportSource } from "../../../framework/crontab/exports/exportTypes";
import { kubernetesManifests } from "../../../framework/crontab/exports/kubernetes";
import { systemdUnits } from "../../../framework/crontab/exports/systemd";
import { crontabRows } from "../../../framework/crontab/install/rows";
import { crontabBlock } from "../../../framework/crontab/text/block";
import type { CrontabRow } from "../../../framework/crontab/text/line";
import { fieldProblem } from "../../../framework/metadata/metaFields";
import { parseSchedule } from "../../../framework/schedule/expression/expression";
import { nextFirings } from "../../../framework/schedule/times/firings";
import { exportSource } from "../../support/crontab/exportSource";
import { foreign } from "../../support/foreign";
import { needs, programPath } from "../../support/servers/requirement";

const require = createRequire(import.meta.url);
// js-yaml, which is installed because pm2 depends on it.
const { load } = createRequire(require.resolve("pm2"))("js-yaml");

const word = foreign.map((text) => text.replaceAll(/[\0\r\n]|\p{Surrogate}/gu, ""));
/** Removes words that laju itself writes, and code points that Unicode reserves. */
const argument = word.map((text) => shortened(text.replaceAll(/\p{Noncharacter_Code_Point}/gu, "")));
const fileName = word.map((text) => `a${shortened(text.replaceAll("/", ""))}z`);
const parts = fc.record({
  description: foreign,
  build: fileName,
  node: fileName,
  log: fileName,
  args: fc.array(argument, { maxLength: 2 }),
  entry: word.map(shortened),
});
type Parts = typeof parts extends fc.Arbitrary<infer Each> ? Each : never;

/** cron accepts lines of up to 998 bytes. */
function shortened(text: string): string {
  return [...text].slice(0, 20).join("");
}

interface Sample {
  parts: Parts;
  source: ExportSource;
  log: string;
}

let folder: string;
/** Creates folders with these names, each with a stub of `node` that records how it was started. */
let samples: Sample[];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "laju-foreign-"));
  const stub = join(folder, "stub");
  writeFileSync(stub, `#!/bin/sh\nprintf '%s\\0' "$PWD" "$0" "$LAJU_ENTRY" "$@"\n`);
  chmodSync(stub, 0o755);
  samples = fc.sample(parts, { seed: 11, numRuns: 40 }).map((each, index) => {
    const own = join(folder, `${index}`);
    const place = { root: own, build: join(own, each.build), node: join(own, `n${each.node}`) };
    const log = join(own, `l${each.log}`);
    mkdirSync(place.build, { recursive: true });
    symlinkSync(stub, place.node);
    return { parts: each, source: sourceOf(each, place, log), log };
  });
});

afterAll(() => rmSync(folder, { recursive: true }));

function sourceOf(
  { description, args, entry }: Parts,
  place: ExportSource["place"],
  log: string,
): ExportSource {
  const source = exportSource({ Job: { description, schedule: "0 8 * * *", log } }, { place });
  const [{ facts, row }] = source.commands as [ExportedCommand];
  const entries = row.entries.map((each) => ({ ...each, env: `LAJU_ENTRY=${entry}` }));
  return { ...source, commands: [{ facts, row: { ...row, args, entries } }] };
}

/** What the stub recorded, if it was started as intended. */
function expectedStart({ parts: { args, entry }, source: { place } }: Sample, hasEntry = true): string[] {
  return [place.build, place.node, hasEntry ? entry : "", "commands/Job.js", ...args];
}

/** Runs all samples' shell lines in one shell, and returns what each sample's stub recorded. */
function startsOf(lines: readonly string[], of: readonly Sample[]): string[][] {
  for (const { log } of of) rmSync(log, { force: true });
  execFileSync("dash", { input: `${lines.join("\n")}\n` });
  return of.map(({ log }) => readFileSync(log, "utf8").split("\0").slice(0, -1));
}

/** How each cron daemon parses a line's command before passing it to a shell. */
const readers = {
  debian: (command: string) => command.replaceAll(/\\([\\%])/g, "$1"),
  cronie: (command: string) => command.replaceAll("\\%", "%"),
};

test.each(Object.entries(readers))(
  "%s's cron starts exactly the intended command from a crontab",
  (_, read) => {
    const lines = samples.map((sample) => read(lineOf(sample).replace("0 8 * * * ", "")));
    expect(startsOf(lines, samples)).toEqual(samples.map((each) => expectedStart(each)));
  },
);

test("a file for /etc/cron.d has the same lines with the user added", () => {
  for (const sample of samples) {
    const [, , , comment, line, ...more] = cronDFile(sample.source, "deploy").text.split("\n");
    expect(comment).toMatch(/^# /);
    expect(line?.replace(" * deploy ", " * ")).toBe(lineOf(sample));
    expect(more).toEqual([""]);
  }
});

describe("with guards for days and zones", () => {
  const day = 86_400_000;
  const hostTimezone = systemTimezone();
  const guarded = (
    [
      ["0 8 L * *", null],
      ["0 8 * * MON#1", "America/St_Johns"],
      ["30 8 1W * *", null],
      ["0 0 LW 2 *", null],
      ["*/15 8 * * FRIL", "Pacific/Chatham"],
      ["rate(7 minutes)", null],
    ] as const
  ).map(([schedule, timezone]) => {
    const from = new Date("2026-01-31T20:00:00Z");
    const parsed = parseSchedule(schedule, { name: "Job" });
    const [due] = nextFirings(parsed, { from, count: 1, timezone: timezone ?? hostTimezone });
    return { schedule, timezone, due: (due as Date).getTime() };
  });

  /** The command that cron passes to the shell for a sample, and a time at which the sample is due. */
  function guardedLine(sample: Sample, index: number, isPortable: boolean) {
    const { schedule, timezone, due } = guarded[index % guarded.length] as (typeof guarded)[number];
    const [{ facts }] = sample.source.commands as [ExportedCommand];
    const [row] = crontabRows([{ ...facts, schedules: [schedule], timezone }], { hostTimezone, isPortable });
    const block = crontabBlock([{ ...(row as CrontabRow), args: sample.parts.args }], sample.source.place);
    const command = readers.debian(block.split("\n")[2] as string).replace(/^(?:\S+ ){5}/, "");
    return { command, due, isInterval: schedule.startsWith("rate") };
  }

  /** Runs each command in a subshell, because a guard may exit. A stub of `date` returns the time $AT. */
  const at = (command: string, time: number) =>
    `( export AT=${time / 1000}; ${command.replaceAll("/bin/date", join(folder, "date"))}\n)`;
  beforeAll(() => {
    const relative = 'exec /bin/date -d "$(/bin/date -d "@$AT" +%F) $2" "$3"';
    const script = `#!/bin/sh\n[ "$1" = -d ] && ${relative}\nexec /bin/date -d "@$AT" "$@"\n`;
    writeFileSync(join(folder, "date"), script, { mode: 0o755 });
  });

  test.each([true, false])(
    "a line starts the intended command when it is due (portable: %j)",
    (isPortable) => {
      const some = samples.slice(0, 12);
      const lines = some.map((sample, index) => guardedLine(sample, index, isPortable));
      const starts = startsOf(
        lines.map(({ command, due }) => at(command, due)),
        some,
      );
      // Ignore the entry's id in the environment, which this test is not about.
      expect(starts.map((words) => words.toSpliced(2, 1))).toEqual(
        some.map((sample) => expectedStart(sample).toSpliced(2, 1)),
      );
      for (const { log } of some) rmSync(log);
      // Use the day before, on which cron's fields also match, because the guard has to reject it.
      const onDays = lines.filter(({ isInterval }) => !isInterval);
      execFileSync("dash", { input: onDays.map(({ command, due }) => at(command, due - day)).join("\n") });
      expect(some.filter(({ log }) => existsSync(log)).length).toBe(0);
    },
  );
});

test("arbitrary text is never accepted as a time zone", () => {
  const zone = fc
    .tuple(
      fc.constantFrom("", "UTC", "Europe/Berlin", "Etc/"),
      foreign.filter((text) => text !== ""),
    )
    .map((both) => both.join(""));
  fc.assert(
    fc.property(zone, (text) => {
      expect(fieldProblem("timezone", text, "Job")?.message).toMatch(/^timezone/);
    }),
  );
});

/** The only line of a block that is not a comment. */
function lineOf({ source }: Sample): string {
  const block = crontabBlock([(source.commands[0] as ExportedCommand).row], source.place);
  const [begin, comment, line, end, ...more] = block.split("\n");
  expect([begin, comment, end].map((each) => each?.slice(0, 2))).toEqual(["# ", "# ", "# "]);
  expect(more).toEqual([""]);
  return line as string;
}

/** Matches characters that a unit file can't contain. laju rejects paths with them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are rejected.
const unitRefuses = /[\0-\x1f\x7f]|\p{Noncharacter_Code_Point}/u;
const isRefused = ({ source, log }: Sample) =>
  [source.place.build, source.place.node, log].some((path) => unitRefuses.test(path));
const units = ({ source }: Sample) => systemdUnits(source, "deploy");

describe("systemd", () => {
  test("paths that a unit cannot contain are rejected, and only those", () => {
    const refused = samples.filter(isRefused);
    expect([refused.length > 5, refused.length < samples.length - 5]).toEqual([true, true]);
    for (const sample of refused) expect(() => units(sample)).toThrow("which a unit file cannot contain");
  });

  test("a unit starts exactly the intended command and shows the description", () => {
    const good = samples.filter((sample) => !isRefused(sample));
    const lines = good.map((sample) => {
      const [{ text }] = units(sample);
      const settings = settingsIn(text);
      expect([...settings.keys()]).toEqual([
        ...["Description", "Type", "User", "UMask", "WorkingDirectory", "ExecStartPre", "ExecStart"],
      ]);
      expect(value(settings.get("Description"))).toBe(expectedTitle(sample.parts.description));
      expect(value(settings.get("WorkingDirectory"))).toBe(sample.source.place.build);
      expect(words(settings.get("ExecStartPre"))).toEqual(["/bin/mkdir", "-p", dirname(sample.log)]);
      const [shell, flag, script, ...more] = words(settings.get("ExecStart"));
      expect([shell, flag, more]).toEqual(["/bin/sh", "-c", []]);
      const build = sample.source.place.build.replaceAll("'", `'"'"'`);
      return `(cd '${build}'; ${script}\n)`;
    });
    expect(startsOf(lines, good)).toEqual(good.map((each) => expectedStart(each, false)));
  });

  const hardened = (sample: Sample) =>
    systemdUnits(sample.source, "deploy", {
      hardenedFor: [dirname(sample.log), sample.log, `${sample.log}.d`],
    });

  test("a hardened unit has write access to exactly the folders that are written to", () => {
    for (const sample of samples.filter((each) => !isRefused(each))) {
      const [{ text }] = hardened(sample);
      const lines = text.split("\n").filter((line) => line.startsWith("ReadWritePaths="));
      const read = lines.map((line) => {
        const [, quoted, plain] =
          /^ReadWritePaths=(?:"((?:[^"\\]|\\["\\])*)"|([^\s"'\\]+))$/.exec(line) ?? [];
        return value(quoted?.replaceAll(/\\(["\\])/g, "$1") ?? plain);
      });
      const folders = [sample.source.place.root, dirname(sample.log), sample.log, `${sample.log}.d`];
      expect(read).toEqual([...new Set(folders)].map((path) => `-${path}`));
    }
  });

  const systemd = needs("systemd-analyze");
  test.skipIf(systemd.skip)(`systemd itself accepts the units${systemd.label}`, () => {
    const good = samples.filter((sample) => !isRefused(sample)).slice(0, 25);
    const files = good.map((sample, index) => {
      const file = join(folder, `laju-${index}.service`);
      writeFileSync(file, hardened(sample)[0].text.replace("User=deploy\n", ""));
      return file;
    });
    const { stderr } = spawnSync(programPath("systemd-analyze"), ["verify", ...files], { encoding: "utf8" });
    expect(stderr.split("\n").filter((line) => line.includes("laju"))).toEqual([]);
  });
});

/** Parses a unit file as systemd does: a backslash at the end of a line joins the next line, and values are trimmed. */
function settingsIn(text: string): Map<string, string> {
  const lines = text.split("\n").filter((line) => line.includes("="));
  expect(text.split("\n").filter((line) => line.endsWith("\\"))).toEqual([]);
  const pairs = lines.map((line) => [
    line.slice(0, line.indexOf("=")),
    line.slice(line.indexOf("=") + 1).trim(),
  ]);
  expect(new Set(pairs.map(([key]) => key)).size).toBe(lines.length);
  return new Map(pairs as [string, string][]);
}

/** Replaces the specifiers (%) in a value, as systemd does. */
function value(text = ""): string {
  expect(text.replaceAll("%%", "")).not.toContain("%");
  return text.replaceAll("%%", "%");
}

/** Splits a command line as systemd does: first quotes and backslashes, then specifiers, then variables. */
function words(line = ""): string[] {
  const found = [...line.matchAll(/"((?:[^"\\]|\\["\\])*)"(?= |$)|([^\s"'\\]+)(?= |$)/g)];
  expect(found.map(([text]) => text).join(" ")).toBe(line);
  return found.map(([, quoted, plain]) => {
    const text = value(quoted?.replaceAll(/\\(["\\])/g, "$1") ?? plain);
    expect(text.replaceAll("$$", "")).not.toContain("$");
    return text.replaceAll("$$", "$");
  });
}

/** The text as one line. Characters that UTF-8 or systemd doesn't accept are replaced. */
function expectedTitle(description: string): string {
  const text = description.replaceAll(/[\s\p{Cc}]+/gu, " ").trim();
  return text.replaceAll(/[\ufffe\u{1ffff}]|\p{Surrogate}/gu, "\ufffd") || "Job";
}

describe("Kubernetes", () => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: kubectl's parser rejects these.
  const notYaml = /[\0-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/;

  test("a manifest parses back to the values written into it", () => {
    for (const { parts: own, source } of samples) {
      if (unitRefuses.test(source.place.build)) continue;
      const [{ text }] = kubernetesManifests(source, { image: "app:1", node: source.place.node });
      expect(text).not.toMatch(notYaml);
      const { metadata, spec } = load(text);
      const [container] = spec.jobTemplate.spec.template.spec.containers;
      expect(container.workingDir).toBe(source.place.build);
      expect(container.command).toEqual([source.place.node, "commands/Job.js", ...own.args]);
      expect(container.volumeMounts[0].mountPath).toBe(`${source.place.root}/data`);
      const described = own.description.replaceAll(/\p{Surrogate}/gu, "\ufffd") || undefined;
      expect(metadata.annotations["laju/description"]).toBe(described);
    }
  });

  test("an image name is either written unchanged or rejected", () => {
    const [{ source }] = samples as [Sample];
    const image = fc
      .tuple(fc.constantFrom("", "app", "app:1", "r.example/a@sha256:0"), foreign)
      .map((both) => both.join(""));
    const make = (name: string) =>
      kubernetesManifests(
        { ...source, place: { ...source.place, root: "/a", build: "/a/build" } },
        { image: name, node: "node" },
      );
    fc.assert(
      fc.property(image, (name) => {
        if (!/^[\w][\w./:@-]*$/.test(name)) {
          expect(() => make(name)).toThrow("is not an image name");
          return;
        }
        const [file] = make(name);
        const [container] = load(file?.text).spec.jobTemplate.spec.template.spec.containers;
        expect(container.image).toBe(name);
      }),
    );
  });
});
