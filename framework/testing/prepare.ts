import { environmentName, forgetSettings, isTesting, paths } from "../config/config";
import { LajuError } from "../config/errors";
import { divertEverything } from "./captured/divert";
import { endTest, freshApp, prepareDatabase, removeApp } from "./freshApp";
import { registerHooks } from "./runner/hooks";
import { importJobsByRunner } from "./runner/importJobs";
import { guardFetch } from "./stubFetch";

if (!isTesting) {
  throw new LajuError(`tests must not run in the environment ${JSON.stringify(environmentName())}`, {
    code: "E_TEST_ENVIRONMENT",
    hint: "Set NODE_ENV=test, which vitest and node --test do themselves if NODE_ENV is not set.",
  });
}
// Child processes inherit the test environment, with the same data folder.
Object.assign(process.env, { NODE_ENV: "test", LAJU_TEST_DATA: paths.data, LOG_FORMAT: "json" });
// Capture mails even if the environment configures a mail server.
for (const name of ["MAIL_URL", "SMTP_HOST", "USER_MAILER"]) delete process.env[name];
forgetSettings();
prepareDatabase();
divertEverything();
guardFetch();
importJobsByRunner();
registerHooks({ beforeAll: () => freshApp(), beforeEach: freshApp, afterEach: endTest, afterAll: removeApp });
