/*
 * Sets up an example shop on a bad day and takes the screenshots in docs/images: `npx tsx scripts/screenshots/main.ts
 * [FOLDER]`. Needs Chromium (/usr/bin/chromium, or CHROMIUM). Look at each screenshot before you commit it.
 */
import { join } from "node:path";
import { fakeCrontab } from "../../test/support/crontab/fakeCrontab";
import { startBrowser } from "../../test/support/dashboard/browser";
import { serveApp } from "../../test/support/dashboard/serving";
import { makeShop } from "./shop";

const folder = process.argv[2] ?? join(import.meta.dirname, "..", "..", "docs", "images");

interface Picture {
  name: string;
  path: string;
  width?: number;
  height?: number;
  scheme?: "light" | "dark";
}

// The commands are installed, but not on this machine's crontab.
const cron = fakeCrontab();
process.env.PATH = `${join(cron.folder, "bin")}:${process.env.PATH}`;
const app = makeShop();
app.laju(["crontab:install", "--yes"]);
const serving = await serveApp(app);
const browser = await startBrowser();
const runs = JSON.parse(app.laju(["runs", "--json", "--limit", "200"])) as { id: number; name: string }[];
const idOf = (name: string) => runs.find((run) => run.name === name)?.id;
const pictures: Picture[] = [
  // Take this screenshot first, while the worker's last heartbeat is recent.
  { name: "dashboard-queue", path: "queue", height: 800 },
  { name: "dashboard", path: "" },
  { name: "dashboard-dark", path: "", scheme: "dark" },
  { name: "dashboard-narrow", path: "", width: 360, height: 1_300 },
  { name: "dashboard-command", path: "commands/SyncExternalData" },
  { name: "dashboard-run", path: `runs/${idOf("ExportOrders")}`, height: 860 },
];
try {
  for (const { name, path, width = 1_320, height = 1_180, scheme = "light" } of pictures) {
    const context = await browser.browser.newContext({ viewport: { width, height }, colorScheme: scheme });
    const page = await context.newPage();
    await page.goto(serving.url);
    await page.goto(serving.base + path);
    await page.locator("body.is-live").waitFor();
    await page.waitForTimeout(1_500);
    await page.screenshot({ path: join(folder, `${name}.png`) });
    await context.close();
    console.log(`${name}.png`);
  }
} finally {
  await browser.close();
  await serving.stop();
  app.laju(["stop", "ExportOrders"]);
  app.remove();
  cron.remove();
}
