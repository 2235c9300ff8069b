import { installCrontab } from "../../app/console/crontabInstaller";

// Installs the block of the target that its only word holds as JSON.
installCrontab(JSON.parse(process.argv[2] ?? ""));
