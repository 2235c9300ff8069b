import { describe, expect, test } from "vitest";
import { LajuError } from "../../../framework/config/errors";
import { type CommandFacts, commandFacts } from "../../../framework/metadata/manifest";
import { applyOverrides, parseOverrides } from "../../../framework/metadata/overrides";

const commands = [
  commandFacts("CleanupOldData", "declared", { schedule: "0 2 * * *", timeout: "10m" }),
  commandFacts("SendDailyDigest", "declared", { schedule: "0 8 * * *", enabled: false }),
  commandFacts("ByHand", "script", {}),
];
const names = commands.map(({ name }) => name);

const deployed = (overrides: object): Record<string, CommandFacts & { overridden: string[] }> => {
  const parsed = parseOverrides(JSON.stringify(overrides), "schedule.json", names);
  return Object.fromEntries(applyOverrides(commands, parsed).map((command) => [command.name, command]));
};

describe("an override", () => {
  test("replaces only the fields it sets", () => {
    const { CleanupOldData } = deployed({ CleanupOldData: { schedule: "0 4 * * *", enabled: false } });
    expect(CleanupOldData).toEqual({
      ...commands[0],
      schedules: ["0 4 * * *"],
      enabled: false,
      overridden: ["schedule", "enabled"],
    });
  });

  test("enables a command that its source disables", () => {
    expect(deployed({ SendDailyDigest: { enabled: true } }).SendDailyDigest).toMatchObject({
      enabled: true,
      overridden: ["enabled"],
    });
  });

  test("may set every overridable field", () => {
    const override = {
      schedule: ["@daily", "rate(45 minutes)"],
      timezone: "Asia/Tokyo",
      enabled: true,
      environments: ["production"],
      timeout: "1h",
      overlap: "wait",
      catchUp: "last",
      description: "Ours",
      tags: ["ours"],
      priority: "high",
      log: "ours.log",
    };
    const { CleanupOldData } = deployed({ CleanupOldData: override });
    const { schedule, ...rest } = override;
    expect(CleanupOldData).toMatchObject({ ...rest, schedules: schedule, priority: 10 });
    expect(CleanupOldData?.overridden).toEqual(Object.keys(override));
  });

  test("of the priority moves a command in lists", () => {
    expect(Object.keys(deployed({}))).toEqual(["ByHand", "CleanupOldData", "SendDailyDigest"]);
    expect(Object.keys(deployed({ SendDailyDigest: { priority: 1 } }))[0]).toBe("SendDailyDigest");
  });

  test("that gives a command its only schedule prevents overlapping runs", () => {
    expect(deployed({ ByHand: { schedule: "@hourly" } }).ByHand?.overlap).toBe("skip");
    expect(deployed({ ByHand: { schedule: "@hourly", overlap: "allow" } }).ByHand?.overlap).toBe("allow");
    expect(deployed({ ByHand: {} }).ByHand?.overlap).toBe("allow");
  });
});

describe("a mistake in schedule.json", () => {
  test.each([
    ["", "1:1  invalid JSON: expected a value, found the end"],
    ['{ "ByHand": { "enabled": false }', '1:33  invalid JSON: expected "," or "}", found the end'],
    ['{ "ByHand": { "enabled": false, } }', "1:31  invalid JSON: trailing comma"],
    ["{ByHand: {}}", '1:2  invalid JSON: expected a name in double quotes, found "B"'],
    ["{ 'ByHand': {} }", `1:3  invalid JSON: expected a name in double quotes, found "'"`],
    ['{ "ByHand": {} } x', '1:18  invalid JSON: expected the end of the file, found "x"'],
    ['{\n  "ByHand": {},\n  "ByHand": {}\n}', '3:3  invalid JSON: "ByHand" occurs twice'],
    ["[]", "1:1  the file must be an object"],
    ['{ "ByHand": false }', "1:13  the override of ByHand must be an object"],
    ['{ "ByHnd": {} }', '1:3  there is no command "ByHnd"\n  Did you mean ByHand?'],
    ['{ "toString": {} }', '1:3  there is no command "toString"'],
    ['{ "ByHand": { "enable": false } }', '1:15  unknown field "enable"\n  Did you mean enabled?'],
    [
      '{ "ByHand": { "options": {} } }',
      "1:15  options cannot be overridden: it belongs to the command's source",
    ],
    [
      '{\n  "ByHand": {\n    "enabled": "no"\n  }\n}',
      '3:16  ByHand: enabled must be true or false, found "no"',
    ],
    ['{ "ByHand": { "schedule": "0 8 * *" } }', '1:27  ByHand: schedule "0 8 * *" has 4 fields, expected 5'],
    ['{ "ByHand": { "timeout": "10" } }', '1:26  ByHand: timeout: "10" is not a duration'],
    [
      '{ "ByHand": { "timeout": "0s" } }',
      '1:26  ByHand: timeout "0s" would end every run immediately; write false for no limit',
    ],
    ...["", ".", "sub/", "sub/..", "/var/log/"].map((log) => [
      `{ "ByHand": { "log": "${log}" } }`,
      `1:22  ByHand: log must be a file name, found "${log}"`,
    ]),
    ['{ "ByHand": { "catchUp": "all" } }', '1:26  ByHand: catchUp must be "none" or "last", found "all"'],
    ['{ "ByHand": { "schedule": null } }', "1:27  ByHand: schedule must be a plain string, found null"],
  ])("%j is reported with its position", (text, message) => {
    expect(problemIn(text)).toMatch(`schedule.json:${message}`);
  });
});

function problemIn(text: string): string {
  try {
    parseOverrides(text, "schedule.json", names);
  } catch (error) {
    if (!(error instanceof LajuError) || error.exitStatus !== 2) throw error;
    return `${error.message}\n  ${error.hint}`;
  }
  return "no problem";
}
