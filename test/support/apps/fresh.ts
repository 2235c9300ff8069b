import { vi } from "vitest";

const names = [
  "DATABASE_URL",
  "DB_CONNECTION",
  "NODE_ENV",
  "LAJU_DATA",
  "LAJU_GROUP",
  "LAJU_LOGS",
  "LOG_LEVEL",
  "LOG_FORMAT",
].concat(
  [
    "MAIL_URL",
    "SMTP_HOST",
    "SMTP_PORT",
    "SMTP_USER",
    "SMTP_PASS",
    "SMTP_SECURE",
    "MAIL_INSECURE_LOGIN",
    "USER_MAILER",
    "PASS_MAILER",
  ],
  [
    "NOTIFY_MAIL_TO",
    "NOTIFY_WEBHOOK_URL",
    "MAIL_FROM_NAME",
    "MAIL_FROM_ADDRESS",
    "REDIS_URL",
    "REDIS_HOST",
    "REDIS_PORT",
    "REDIS_PASSWORD",
    "CACHE_STORE",
    "QUEUE_ENGINE",
    "QUEUE_PREFIX",
  ],
);

/** See template.ts. */
const emptyRoot = process.env.LAJU_ROOT;

/** Imports modules again, as a process with just these variables would see them: in an empty app unless they name a root. */
export async function fresh<T>(variables: Record<string, string>, load: () => Promise<T>): Promise<T> {
  for (const name of names) delete process.env[name];
  Object.assign(process.env, { LAJU_ROOT: emptyRoot, LOG_LEVEL: "error", ...variables });
  vi.resetModules();
  return load();
}
