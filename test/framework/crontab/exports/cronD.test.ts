import { expect, test } from "vitest";
import { cronDFile } from "../../../../framework/crontab/exports/cronD";
import { appSlug } from "../../../../framework/crontab/exports/exportNames";
import { exportSource } from "../../../support/crontab/exportSource";

test("a file for /etc/cron.d has the user in each line", () => {
  const source = exportSource({
    SendDailyDigest: { description: "Daily digest", schedule: "0 8 * * *" },
    Often: { schedule: ["rate(45 minutes)", "@reboot"] },
  });
  expect(cronDFile(source, "deploy")).toEqual({
    name: "laju-srv_app",
    text: `# laju /srv/app
# Written by \`node laju crontab --format cron.d\`. Belongs in /etc/cron.d, owned by root, mode 0644.

# Daily digest
0 8 * * * deploy cd /srv/app/build && /usr/bin/node commands/SendDailyDigest.js >> /srv/app/logs/SendDailyDigest.log 2>&1

# Often
*/15 * * * * deploy case $(( $(/bin/date +\\%s) / 900 \\% 3 )) in 0) cd /srv/app/build && LAJU_ENTRY=c996e0e8 /usr/bin/node commands/Often.js >> /srv/app/logs/Often.log 2>&1 ;; esac
@reboot deploy cd /srv/app/build && /usr/bin/node commands/Often.js >> /srv/app/logs/Often.log 2>&1
`,
  });
});

test.each(["", "a b", "root * * *", "-u"])("%j is not a user name", (user) => {
  expect(() => cronDFile(exportSource({}), user)).toThrow(`${JSON.stringify(user)} is not a user name`);
});

test("two apps never share a file name, and cron accepts all of them", () => {
  const roots = [
    "/srv/app",
    "/srv/a/pp",
    "/srv/my-app",
    "/srv/my/app",
    "/srv/my_app",
    "/srv/app.v2",
    "/srv/app v2",
    "/",
    "/é",
  ];
  const names = roots.map(appSlug);
  expect(new Set(names).size).toBe(roots.length);
  for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_-]+$/);
});
