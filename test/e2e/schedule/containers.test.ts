import { chownSync } from "node:fs";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { makeApp, type TestApp } from "../../support/apps/app";
import { type Container, documented, imageOf, startContainer } from "../../support/apps/container";
import { giveTo } from "../../support/asUser";
import { needsCron, waitFor } from "../../support/crontab/cron";
import { busybox, tini } from "../../support/crontab/otherCrons";

const node = 1234;
const twoMinutes = 150_000;
const skip = needsCron.skip || tini.skip;

describe.skipIf(skip)(`the containers of docs/how-to/containers.md${needsCron.label}${tini.label}`, () => {
  let app: TestApp;
  let container: Container | undefined;
  beforeAll(async () => {
    app = makeApp({
      "commands/Plain.ts": `import { command } from "laju/command";
export default command({ schedule: "* * * * *", async run() { console.log("ran as", process.getuid?.()); } });
`,
    });
    expect(await app.laju("build")).toMatchObject({ status: 0, stderr: "" });
  });
  afterEach(() => container?.remove());
  afterAll(() => app?.remove());

  const ran = () =>
    waitFor(undefined, () => container?.logs().includes(`ran as ${node}`) === true, twoMinutes);
  /** As after COPY, with or without --chown. The folder itself was created by WORKDIR and belongs to root. */
  const ownedBy = (user: "root" | number) => {
    const copy = app.copy();
    giveTo(user, copy.root);
    chownSync(copy.root, 0, 0);
    return copy;
  };

  test("runs schedule:work without root on a read-only root file system", async () => {
    const copy = ownedBy("root");
    const image = imageOf(documented("schedule:work, on Debian or Alpine", "dockerfile"));
    expect(image).toMatchObject({
      user: "node",
      start: ["tini", "--", "node", "laju", "schedule:work", "--stdout"],
    });
    container = await startContainer(image, copy.root, { isReadOnly: true });
    await ran();
    expect(container.check()).toMatchObject({ status: 0 });
    expect(await container.stop()).toBe(0);
    copy.remove();
  });

  test("runs Debian's cron in the foreground, and commands as node", async () => {
    const copy = ownedBy(node);
    const image = imageOf(documented("cron on Debian", "dockerfile"));
    expect(image).toMatchObject({ user: "root", start: ["tini", "--", "/entrypoint.sh", "cron", "-f"] });
    container = await startContainer(image, copy.root, { entryPoint: documented("cron on Debian", "sh") });
    await ran();
    expect(container.check()).toMatchObject({ status: 0 });
    expect(await container.stop()).toBe(143);
    copy.remove();
  });

  test.skipIf(busybox.skip)(
    `runs BusyBox's crond in the foreground, and commands as node${busybox.label}`,
    async () => {
      const copy = ownedBy(node);
      const image = imageOf(documented("cron on Alpine", "dockerfile"));
      expect(image.start.slice(0, 5)).toEqual(["tini", "--", "/entrypoint.sh", "crond", "-f"]);
      const entryPoint = documented("cron on Debian", "sh");
      container = await startContainer(image, copy.root, { entryPoint, usesBusyBox: true });
      await ran();
      expect(container.check()).toMatchObject({ status: 0 });
      expect(await container.stop()).toBe(143);
      copy.remove();
    },
  );
});
