import { expect, test } from "vitest";
import { diffBodies } from "../../../../framework/crontab/text/diff";
import { withOnly } from "../../../../framework/crontab/text/units";

const unit = (name: string, fields = "0 8 * * *", comment = name) =>
  `# ${comment}\n${fields} cd /srv/build && /usr/bin/node commands/${name}.js >> /srv/logs/${name}.log 2>&1\n`;
const line = (text: string) => text.split("\n")[1];

test("counts the monitor's entry too", () => {
  const monitor =
    "*/5 * * * * cd /srv/build && /usr/bin/node laju.js monitor >> /srv/logs/monitor.log 2>&1\n";
  const counts = { added: 1, changed: 0, removed: 0, unchanged: 1 };
  expect(diffBodies(unit("Same"), unit("Same") + monitor)).toMatchObject(counts);
});

test("counts commands and shows their lines", () => {
  const before = unit("Gone") + unit("Same") + unit("Later") + unit("Renamed");
  const after =
    unit("Same") + unit("Later", "0 9 * * *") + unit("Renamed", "0 8 * * *", "New words") + unit("New");
  expect(diffBodies(before, after)).toEqual({
    added: 1,
    changed: 2,
    removed: 1,
    unchanged: 1,
    lines: [
      { sign: "-", text: "# Gone" },
      { sign: "-", text: line(unit("Gone")) },
      { sign: "-", text: line(unit("Later")) },
      { sign: "+", text: line(unit("Later", "0 9 * * *")) },
      { sign: "-", text: "# Renamed" },
      { sign: "+", text: "# New words" },
      { sign: "+", text: "# New" },
      { sign: "+", text: line(unit("New")) },
    ],
  });
});

test("shows lines of no command without counting them", () => {
  const before = `${unit("Same")}0 5 * * * mine\n# a note\n`;
  expect(diffBodies(before, unit("Same"))).toEqual({
    added: 0,
    changed: 0,
    removed: 0,
    unchanged: 1,
    lines: [
      { sign: "-", text: "0 5 * * * mine" },
      { sign: "-", text: "# a note" },
    ],
  });
});

test("installing one command leaves the others unchanged", () => {
  const present = unit("Old") + unit("B", "0 1 * * *");
  const wanted = unit("A") + unit("B", "0 2 * * *") + unit("C");
  expect(withOnly(present, wanted, ["commands/A.js"])).toBe(unit("A") + unit("B", "0 1 * * *") + unit("Old"));
  expect(withOnly(present, wanted, ["commands/B.js"])).toBe(unit("B", "0 2 * * *") + unit("Old"));
  expect(withOnly(present, "", ["commands/Old.js"])).toBe(unit("B", "0 1 * * *"));
});
