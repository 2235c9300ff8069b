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

/**
 * Imports modules again, as a process with only these variables would: in an empty app, unless the variables name a
 * root.
 */
export async function fresh<T>(variables: Record<string, string>, load: () => Promise<T>): Promise<T> {
  for (const name of names) delete process.env[name];
  const root = { LAJU_ROOT: process.env.LAJU_TEST_ROOT };
  Object.assign(process.env, { ...root, LOG_LEVEL: "error", ...variables });
  vi.resetModules();
  try {
    return await load();
  } finally {
    if (!("LAJU_ROOT" in variables)) delete process.env.LAJU_ROOT;
  }
}
