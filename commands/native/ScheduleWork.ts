import { readBuiltCommands } from "../../framework/catalog/catalog";
import { verb } from "../../framework/cli/verb";
import { nothingScheduled } from "../../framework/crontab/install/target";
import { startScheduleWork } from "../../framework/scheduler/startScheduleWork";
import { logWarn } from "../../framework/services/Logger";

export default verb({
  options: {
    stdout: { type: "boolean", description: "Let commands write here instead of into their log files" },
  },
  details: `Starts the built commands at the times that the crontab would, each in a process of its own, and stays in
the foreground: for development, containers and machines without cron. Take one or the other, not both.

A new build and a changed schedule.json are taken up with the next minute. @reboot starts with this process.
What was missed for more than a minute (the machine slept) is left out, or, with catchUp: "last" in a
command's metadata, made up for by one run.

SIGTERM, SIGINT or SIGHUP: nothing more is started, and what runs is waited for. A second signal ends that as
well, after 10 seconds for good.`,
  run({ options }) {
    const work = startScheduleWork(options.stdout ? "stdout" : "log");
    if (work.commands.length === 0) logWarn(nothingScheduled({}, readBuiltCommands()));
    return work.ended;
  },
});
