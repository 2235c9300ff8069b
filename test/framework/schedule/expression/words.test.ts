import { describe, expect, test } from "vitest";
import { parseSchedule } from "../../../../framework/schedule/expression/expression";
import { describeSchedule } from "../../../../framework/schedule/expression/words";
import { scheduleWarnings } from "../../../../framework/schedule/times/warnings";

describe("a schedule in words", () => {
  test.each([
    ["0 8 * * *", "At 08:00"],
    ["* * * * *", "Every minute"],
    ["*/15 * * * *", "Every 15 minutes"],
    ["*/45 * * * *", "At minutes 0 and 45 of every hour"],
    ["0 * * * *", "At minute 0 of every hour"],
    ["30 8,20 * * *", "At 08:30 and 20:30"],
    ["0 9-17 * * 1-5", "At minute 0 from 09:00 to 17:00, Monday to Friday"],
    ["*/10 8-10,12 * * *", "Every 10 minutes from 08:00 to 10:59 and from 12:00 to 12:59"],
    ["15 */2 * * *", "At minute 15 of every 2nd hour"],
    ["* 2 * * *", "Every minute from 02:00 to 02:59"],
    ["0 0 1,15 * 1", "At 00:00, on days 1 and 15 of the month, and also on every Monday"],
    ["0 0 */2 * 1", "At 00:00, on days 1, 3, 5 and so on to 31 of the month, but only if it is Monday"],
    ["0 0 1-31/2 * 1", "At 00:00, on days 1, 3, 5 and so on to 31 of the month, and also on every Monday"],
    ["0 0 * * fri-mon", "At 00:00, on Monday and Friday to Sunday"],
    ["0 0 5,* * 1", "At 00:00"],
    ["0 0 1 1-3,6 *", "At 00:00, on day 1 of the month, in January to March and June"],
    ["0 0 L * *", "At 00:00, on the last day of the month"],
    ["0 0 LW * *", "At 00:00, on the last weekday (Mon-Fri) of the month"],
    ["0 0 15W * *", "At 00:00, on the weekday (Mon-Fri) nearest day 15 of the month"],
    ["0 0 * * 5L", "At 00:00, on the last Friday of the month"],
    ["0 0 * * 1#2", "At 00:00, on the 2nd Monday of the month"],
    ["10 0 8 * * *", "At 08:00:10"],
    ["*/20 * * * * *", "Every 20 seconds"],
    ["*/20 30 8 * * *", "Every 20 seconds of 08:30"],
    ["rate(45 minutes)", "Every 45 minutes, counted from the epoch"],
    ["rate(5 hours)", "Every 5 hours, counted from the epoch"],
    ["rate(3 days)", "At 00:00, every 3 days"],
    ["rate(2 weeks)", "At 00:00, Mondays, every 2 weeks"],
    ["@reboot", "Once per boot"],
  ])("%s: %s", (text, words) => {
    expect(describeSchedule(parseSchedule(text))).toBe(words);
  });
});

describe("a warning", () => {
  test.each([
    [
      "0 0 1,15 * 1",
      [
        "Both day fields are set: the command runs on days that match either one (day of the month or day of the week)",
      ],
    ],
    ["0 0 *,5 * 1", []],
    [
      "0 0 5 * */2",
      [
        "Both day fields must match because the day-of-week begins with *; otherwise a match of either one would be enough",
      ],
    ],
    [
      "*/45 * * * *",
      ["*/45 restarts each hour (minutes 0,45), so it is not every 45 minutes; rate(45 minutes) is even"],
    ],
    ["*/90 * * * *", ["The step is larger than the field: it matches only minute 0 of each hour"]],
    [
      "0 0 */2 * *",
      ["*/2 restarts each month (days 1-31/2), so it is not every 2 days; rate(2 days) is even"],
    ],
    ["0 0 31 * *", ["Months without a day 31 are skipped; L is the last day of every month"]],
    ["0 0 29 2 *", ["February 29 exists only in leap years"]],
    [
      "30 2 * * *",
      ["02:30 does not exist on the day the clocks go forward: it runs right afterwards, from 03:00"],
    ],
    [
      "* 2 * * *",
      [
        "02:00 to 02:59 does not exist on the day the clocks go forward: it does not run then",
        "02:00 to 02:59 occurs twice on the day the clocks go back: it runs both times",
      ],
    ],
    ["0 8 * * 1-5", []],
    ["*/15 * * * *", []],
  ])("of %s in Berlin: %j", (text, warnings) => {
    expect(scheduleWarnings(parseSchedule(text), { timezone: "Europe/Berlin" })).toEqual(warnings);
  });
});
