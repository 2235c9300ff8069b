import { terminalFor } from "../../framework/cli/terminal";
import { verb } from "../../framework/cli/verb";
import { targetOptions } from "../../framework/crontab/install/target";
import { hostClock } from "../../framework/host/hostClock";
import { hostCronFacts } from "../../framework/host/hostCron";
import { parseInstant } from "../../framework/schedule/times/instant";
import { checkTimezone } from "../../framework/schedule/times/timezoneNames";
import { jsonText } from "../../framework/text/jsonText";
import { explainAsWritten } from "../../framework/views/explainAsWritten";
import { countFrom, explain } from "../../framework/views/explanation";
import { explanationText, mistakeText } from "../../framework/views/explanationText";

export default verb({
  examples: [
    ['explain "*/20 9-17 * * 1-5"', "Explain a schedule in words, with its next five times"],
    [
      'explain "0 9 * * *" --timezone America/New_York',
      "Show when a schedule in New York's time zone starts on this host",
    ],
  ],
  options: {
    timezone: {
      type: "string",
      value: "zone",
      description: "The schedule's time zone (default: the host's)",
    },
    "host-timezone": {
      type: "string",
      value: "zone",
      description: "The time zone of the host's cron (default: this host's)",
    },
    from: {
      type: "string",
      value: "time",
      description: "Show times after this time, in ISO 8601 (default: now)",
    },
    count: { type: "string", value: "number", default: "5", description: "How many upcoming times to show" },
    name: {
      type: "string",
      value: "Name",
      description: "The name of the command, on which the value of an H in the schedule depends",
    },
    cron: targetOptions.cron,
    "as-written": {
      type: "boolean",
      description:
        "Show when cron alone would run a line with exactly these fields, without the checks that laju adds",
    },
    json: { type: "boolean", description: "Print the explanation as JSON" },
  },
  words: { least: 1, most: Number.POSITIVE_INFINITY },
  details: `Takes five fields, six (seconds first), a macro such as @daily, rate(45 minutes) or @every 90m. Quote it,
or the shell replaces each * with file names. Exits with status 2 if the schedule is invalid.`,
  run({ args, options }) {
    const { now, ...here } = hostClock();
    const host = options["host-timezone"];
    const zones = host === undefined ? here : { hostTimezone: checkTimezone(host) };
    const timezone = options.timezone === undefined ? undefined : checkTimezone(options.timezone);
    const from =
      options.from === undefined ? now : parseInstant(options.from, timezone ?? zones.hostTimezone);
    const text = args.join(" ");
    const details = { ...zones, cron: hostCronFacts(options), from, count: countFrom(options.count) };
    const explanation = options["as-written"]
      ? explainAsWritten(text, details)
      : explain(text, { ...details, timezone, name: options.name });
    if (options.json) console.log(jsonText(explanation));
    else if (explanation.valid) console.log(explanationText(explanation, now, terminalFor(1)));
    else console.error(mistakeText(explanation, terminalFor(2)));
    return explanation.valid ? 0 : 2;
  },
});
