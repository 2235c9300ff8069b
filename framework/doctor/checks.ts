import { build } from "./app/build";
import { crontab } from "./app/crontab";
import { ledger } from "./app/ledger";
import { ledgerLock } from "./app/ledgerLock";
import { monitor } from "./app/monitor";
import { notices } from "./app/notices";
import { oneServer } from "./app/oneServer";
import { queue } from "./app/queue";
import { redis } from "./app/redis";
import { secondBlock } from "./app/secondBlock";
import { database, mail } from "./app/services";
import type { Check } from "./check";
import { diskClock } from "./host/clock";
import { cronDaemon } from "./host/cronDaemon";
import { disk } from "./host/disk";
import { environment } from "./host/environment";
import { dataFolder, logFolders } from "./host/folders";
import { node } from "./host/node";
import { permissions } from "./host/permissions";
import { clock } from "./host/setBack";
import { timezone } from "./host/timezone";

/** All checks, in the order in which a scheduled start would run into the problems. */
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
