import { installCrontab } from "../../../framework/crontab/install/installer";

// Installs the block for the target in its argument, given as JSON.
installCrontab(JSON.parse(process.argv[2] ?? ""));
