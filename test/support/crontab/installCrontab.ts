import { installCrontab } from "../../../framework/crontab/install/installer";

// Installs the block of the target that its only word holds as JSON.
installCrontab(JSON.parse(process.argv[2] ?? ""));
