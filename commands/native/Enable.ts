import { verb } from "../../framework/cli/verb";
import { switchCommand, switchOptions } from "../../framework/crontab/install/switchCommand";

export default verb({
  examples: [["enable SendDailyDigest --install", "Also update the crontab"]],
  options: switchOptions,
  words: { least: 1, most: 1 },
  details: `Writes "enabled": true for the command to schedule.json, which overrides its source. The crontab changes
with the next crontab:install; --install does that immediately. schedule:work picks up the change by itself.`,
  run({ args: [name], options }) {
    switchCommand(name as string, true, options);
  },
});
