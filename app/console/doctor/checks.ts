import { build } from "./build";
import type { Check } from "./check";
import { diskClock } from "./clock";
import { cronDaemon } from "./cronDaemon";
import { crontab } from "./crontab";
import { disk } from "./disk";
import { environment } from "./environment";
import { dataFolder, logFolders } from "./folders";
import { ledger } from "./ledger";
import { ledgerLock } from "./ledgerLock";
import { monitor } from "./monitor";
import { node } from "./node";
import { notices } from "./notices";
import { oneServer } from "./oneServer";
import { permissions } from "./permissions";
import { queue } from "./queue";
import { redis } from "./redis";
import { secondBlock } from "./secondBlock";
import { database, mail } from "./services";
import { clock } from "./setBack";
import { timezone } from "./timezone";

/** Everything that makes cron fail without a word, in the order in which a start comes to it. */
export const checks: readonly Check[] = [
  cronDaemon,
  crontab,
  secondBlock,
  node,
  build,
  logFolders,
  dataFolder,
  disk,
  environment,
  permissions,
  timezone,
  clock,
  diskClock,
  ledger,
  ledgerLock,
  notices,
  monitor,
  database,
  queue,
  redis,
  oneServer,
  mail,
];
