import { verb } from "../../framework/cli/verb";
import { switchCommand, switchOptions } from "../../framework/crontab/install/switchCommand";

export default verb({
  options: switchOptions,
  words: { least: 1, most: 1 },
  details: `Writes "enabled": false for the command into schedule.json, which wins over what its source says. The crontab
changes when it is installed again: with --install, at once. schedule:work takes it up by itself. A run that
goes on is not ended, and node laju run <Name> still starts it.`,
  run({ args: [name], options }) {
    switchCommand(name as string, false, options);
  },
});
