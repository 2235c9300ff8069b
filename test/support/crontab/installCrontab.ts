import { installCrontab } from "../../../framework/crontab/install/installer";

// A program that installs the block for a target, which it gets as JSON in its argument.
installCrontab(JSON.parse(process.argv[2] ?? ""));
