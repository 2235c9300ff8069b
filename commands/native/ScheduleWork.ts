import { readBuiltCommands } from "../../framework/catalog/catalog";
import { verb } from "../../framework/cli/verb";
import { nothingScheduled } from "../../framework/crontab/install/target";
import { startScheduleWork } from "../../framework/scheduler/startScheduleWork";
import { logWarn } from "../../framework/services/Logger";

export default verb({
  examples: [["schedule:work --stdout", "In a container, with the commands' output in its log"]],
  options: {
    stdout: { type: "boolean", description: "Print the commands' output here instead of to their log files" },
  },
  details: `Starts the built commands when the crontab would, each in its own process, and stays in the foreground: for
development, containers and machines without cron. Use either this or the crontab, not both.

A new build or a changed schedule.json takes effect within a minute. @reboot commands start once, when this process
starts. Starts that are more than a minute late (the machine was asleep) are skipped; with catchUp: "last" in the
command's metadata, one run makes up for them.

On SIGTERM, SIGINT or SIGHUP, it starts no more commands and waits for the running ones. A second signal terminates
them; after 10 s they are killed.`,
  run({ options }) {
    const work = startScheduleWork(options.stdout ? "stdout" : "log");
    if (work.commands.length === 0) logWarn(nothingScheduled({}, readBuiltCommands()));
    return work.ended;
  },
});
