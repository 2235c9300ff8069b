import { describe, expect, test } from "vitest";
import type { CommandMeta } from "../../../framework/metadata/commandMeta";
import { type CommandFacts, commandFacts } from "../../../framework/metadata/manifest";
import { Agenda } from "../../../framework/scheduler/agenda";

const minute = 60_000;
const at = (time: string) => Date.parse(`2027-03-01T${time}Z`);
const command = (name: string, meta: CommandMeta): CommandFacts => commandFacts(name, "declared", meta);

/** Starts an agenda at noon. `ask` returns what is due at a given time, such as `Name 12:01, 12:02 missed 3`. */
function agendaOf(...commands: CommandFacts[]) {
  const agenda = new Agenda("UTC");
  const noon = at("12:00:00");
  agenda.plan(commands, noon, () => noon);
  agenda.take(noon);
  const ask = (time: string | number) =>
    agenda
      .take(typeof time === "number" ? time : at(time))
      .map(({ name, slots, missed }) =>
        [name, ...slots.map(clockTime), ...(missed ? [`missed ${missed}`] : [])].join(" "),
      );
  return { agenda, ask };
}

const clockTime = (time: number) => new Date(time).toISOString().slice(11, 19);

describe("a due start", () => {
  test("is returned once, and not early", () => {
    const { agenda, ask } = agendaOf(command("A", { schedule: "*/5 * * * *" }));
    expect(clockTime(agenda.next() ?? 0)).toBe("12:05:00");
    expect(ask("12:04:59.999")).toEqual([]);
    expect(ask("12:05:00.001")).toEqual(["A 12:05:00"]);
    expect(ask("12:05:00.002")).toEqual([]);
    expect(clockTime(agenda.next() ?? 0)).toBe("12:10:00");
  });

  test("does not include the minute in which the agenda was started", () => {
    expect(agendaOf(command("A", { schedule: "* * * * *" })).ask("12:00:01")).toEqual([]);
  });

  test("is a single start if two schedules of a command coincide", () => {
    const { ask } = agendaOf(command("A", { schedule: ["*/5 * * * *", "5 12 * * *"] }));
    expect(ask("12:05:00")).toEqual(["A 12:05:00"]);
  });

  test("follows the command's time zone and seconds", () => {
    const { ask } = agendaOf(
      command("Tokyo", { schedule: "1 21 * * *", timezone: "Asia/Tokyo" }),
      command("Seconds", { schedule: "*/20 * * * * *" }),
    );
    expect(ask("12:00:40")).toEqual(["Seconds 12:00:20 12:00:40"]);
    expect(ask("12:01:00")).toEqual(["Tokyo 12:01:00", "Seconds 12:01:00"]);
  });

  test("never comes from a schedule without times", () => {
    const { agenda, ask } = agendaOf(command("Boot", { schedule: "@reboot" }));
    expect(agenda.next()).toBeUndefined();
    expect(agenda.atStart()).toEqual(["Boot"]);
    expect(ask("18:00:00")).toEqual([]);
  });
});

describe("a gap", () => {
  const commands = [
    command("None", { schedule: "*/10 * * * *" }),
    command("Last", { schedule: "*/10 * * * *", catchUp: "last" }),
  ];

  test("of less than a minute is just a delay", () => {
    expect(agendaOf(...commands).ask("12:10:59.999")).toEqual(["None 12:10:00", "Last 12:10:00"]);
  });

  test("skips missed starts, and with catchUp makes up for the last", () => {
    expect(agendaOf(...commands).ask("12:35:00")).toEqual(["None missed 3", "Last 12:30:00 missed 2"]);
  });

  test("that ends at a scheduled time has only that start", () => {
    expect(agendaOf(...commands).ask("12:30:01")).toEqual([
      "None 12:30:00 missed 2",
      "Last 12:30:00 missed 2",
    ]);
  });

  test("before the agenda was started is made up for if the last run is known", () => {
    const agenda = new Agenda("UTC");
    agenda.plan(commands, at("12:05:00"), () => at("11:45:00"));
    expect(agenda.take(at("12:05:00"))).toEqual([
      { name: "None", slots: [], missed: 2 },
      { name: "Last", slots: [at("12:00:00")], missed: 1 },
    ]);
  });
});

describe("a clock that is set back", () => {
  const commands = [
    command("Wild", { schedule: "*/10 * * * *" }),
    command("Fixed", { schedule: "0,10,20,30,40,50 12 * * *" }),
  ];

  test("by less than a minute changes nothing", () => {
    const { ask } = agendaOf(...commands);
    expect(ask("12:10:00.005")).toEqual(["Wild 12:10:00", "Fixed 12:10:00"]);
    expect(ask("12:09:59.990")).toEqual([]);
    expect(ask("12:10:00.005")).toEqual([]);
  });

  test("by up to three hours repeats schedules that begin with *, as cron does", () => {
    const { ask } = agendaOf(...commands);
    ask("12:30:00");
    expect(ask("12:15:00")).toEqual([]);
    expect(ask("12:20:00")).toEqual(["Wild 12:20:00"]);
    expect(ask("12:30:00")).toEqual(["Wild 12:30:00"]);
    expect(ask("12:40:00")).toEqual(["Wild 12:40:00", "Fixed 12:40:00"]);
  });

  test("by more than that starts over", () => {
    const { ask } = agendaOf(...commands);
    ask(at("12:30:00") + 24 * 60 * minute);
    expect(ask("12:15:00")).toEqual([]);
    expect(ask("12:20:00")).toEqual(["Wild 12:20:00", "Fixed 12:20:00"]);
  });
});

describe("a new plan", () => {
  test("continues known schedules and starts new ones from the current minute", () => {
    const { agenda, ask } = agendaOf(command("A", { schedule: "* * * * *" }));
    expect(ask("12:01:00.001")).toEqual(["A 12:01:00"]);
    const next = [command("A", { schedule: "* * * * *" }), command("B", { schedule: "* * * * *" })];
    agenda.plan(next, at("12:01:00.002"));
    expect(ask("12:01:00.002")).toEqual(["B 12:01:00"]);
    agenda.plan(next.slice(1), at("12:02:00.001"));
    expect(ask("12:02:00.001")).toEqual(["B 12:02:00"]);
  });
});
