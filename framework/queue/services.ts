import Cache from "../services/CacheService";
import DB from "../services/DB";
import * as Logger from "../services/Logger";
import Mailer from "../services/Mailer";
import Redis from "../services/Redis";
import SQLite from "../services/SQLite";
import { view } from "../services/View";
import Queue, { scheduleCronJob, scheduleJob } from "./Queue";

/** The services that a plain `run({ app, log, job })` gets in `app`. */
export const services = {
  DB,
  SQLite,
  Redis,
  Cache,
  Mailer,
  Logger,
  Queue,
  view,
  scheduleJob,
  scheduleCronJob,
};
