import { chownSync } from "node:fs";
import { afterAll, beforeAll, describe, test } from "vitest";
import { makeApp, type TestApp } from "../../support/apps/app";
import { type Container, documented, imageOf, startContainer } from "../../support/apps/container";
import { giveTo } from "../../support/asUser";
import { needsCron, waitFor } from "../../support/crontab/cron";
import { busybox, tini } from "../../support/crontab/otherCrons";

const node = 1234;
const twoMinutes = 150_000;
const skip = needsCron.skip || tini.skip;

const name = `the containers of docs/how-to/containers.md${needsCron.label}${tini.label}`;
// Two tests at a time, because they mostly wait for the next minute.
describe.skipIf(skip)(name, { concurrent: true }, () => {
  let app: TestApp;
  const containers: Container[] = [];
  beforeAll(async () => {
    app = makeApp({
      "commands/Plain.ts": `import { command } from "laju/command";
export default command({ schedule: "* * * * *", async run() { console.log("ran as", process.getuid?.()); } });
`,
    });
    const { status, stderr } = await app.laju("build");
    if (status !== 0) throw new Error(stderr);
  });
  afterAll(() => {
    for (const container of containers) container.remove();
    app?.remove();
  });

  const started = async (...args: Parameters<typeof startContainer>) => {
    const container = await startContainer(...args);
    containers.push(container);
    await waitFor(undefined, () => container.logs().includes(`ran as ${node}`), twoMinutes);
    return container;
  };
  /**
   * The app as COPY creates it in an image, with or without --chown. WORKDIR has created the folder, which belongs to
   * root.
   */
  const ownedBy = (user: "root" | number) => {
    const copy = app.copy();
    giveTo(user, copy.root);
    chownSync(copy.root, 0, 0);
    return copy;
  };

  test("runs schedule:work without root on a read-only root file system", async ({ expect }) => {
    const copy = ownedBy("root");
    const image = imageOf(documented("schedule:work, on Debian or Alpine", "dockerfile"));
    expect(image).toMatchObject({
      user: "node",
      start: ["tini", "--", "node", "laju", "schedule:work", "--stdout"],
    });
    const container = await started(image, copy.root, { isReadOnly: true });
    expect(container.check()).toMatchObject({ status: 0 });
    expect(await container.stop()).toBe(0);
    copy.remove();
  });

  test("runs Debian's cron in the foreground, and commands as node", async ({ expect }) => {
    const copy = ownedBy(node);
    const image = imageOf(documented("cron on Debian", "dockerfile"));
    expect(image).toMatchObject({ user: "root", start: ["tini", "--", "/entrypoint.sh", "cron", "-f"] });
    const container = await started(image, copy.root, { entryPoint: documented("cron on Debian", "sh") });
    expect(container.check()).toMatchObject({ status: 0 });
    expect(await container.stop()).toBe(143);
    copy.remove();
  });

  test.skipIf(busybox.skip)(
    `runs BusyBox's crond in the foreground, and commands as node${busybox.label}`,
    async ({ expect }) => {
      const copy = ownedBy(node);
      const image = imageOf(documented("cron on Alpine", "dockerfile"));
      expect(image.start.slice(0, 5)).toEqual(["tini", "--", "/entrypoint.sh", "crond", "-f"]);
      const entryPoint = documented("cron on Debian", "sh");
      const container = await started(image, copy.root, { entryPoint, usesBusyBox: true });
      expect(container.check()).toMatchObject({ status: 0 });
      expect(await container.stop()).toBe(143);
      copy.remove();
    },
  );
});
