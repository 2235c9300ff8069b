import { readFileSync } from "node:fs";
import { afterEach, expect, test } from "vitest";
import { type Fault, type PartnerApi, startPartnerApi } from "../../scripts/demo/partnerApi";
import { type ExampleApp, exampleApp } from "./exampleApp";

let app: ExampleApp | undefined;
let partner: PartnerApi | undefined;

afterEach(async () => {
  await app?.remove();
  await partner?.stop();
});

async function start(faults: Fault[] = [], variables: Record<string, string> = {}) {
  partner = await startPartnerApi(faults);
  app = await exampleApp({ SYNC_API_URL: partner.url, SYNC_API_TIMEOUT: "1", ...variables });
  const { default: sync } = await import("../../commands/SyncExternalData");
  return { app, partner, sync };
}

test("copies all products, and a second run updates them", async () => {
  const { app, sync } = await start();
  expect(await app.run(sync)).toEqual({ message: "Synced 6 of 6 products", processed: 6, failed: 0 });

  const lamp = await app.DB("products").where("sku", "LAMP-01").first();
  expect(lamp).toMatchObject({ name: "Desk lamp", price_cents: 3990, stock: 12 });
  await app.DB("products").where("sku", "LAMP-01").update({ stock: 0 });

  await app.run(sync);
  expect(await app.DB("products").where("sku", "LAMP-01").first()).toMatchObject({ id: lamp.id, stock: 12 });
  expect(await app.DB("products")).toHaveLength(6);
});

test("invalid records count as failed and don't affect the others", async () => {
  const { app, partner, sync } = await start(["error", "nonsense", "incomplete", "silent"]);
  const result = await app.run(sync);

  expect(result).toEqual({ message: "Synced 6 of 10 products", processed: 6, failed: 4 });
  expect(await app.DB("products").pluck("sku")).toHaveLength(6);
  expect(partner.requests()).toBe(11);
});

test("an unreachable partner is an error", async () => {
  const { app, partner, sync } = await start();
  await partner.stop();
  await expect(app.run(sync)).rejects.toThrow("fetch failed");
});

test("without a URL, the error names the missing setting", async () => {
  const { app, sync } = await start([], { SYNC_API_URL: "" });
  await expect(app.run(sync)).rejects.toMatchObject({
    message: "SYNC_API_URL is not set, so there is nothing to sync with",
    exitStatus: 1,
  });
});

test("an aborted run stops immediately, even if the partner doesn't answer", async () => {
  const { app, sync } = await start(["silent"], { SYNC_API_TIMEOUT: "3600" });
  const signal = AbortSignal.timeout(300);
  await expect(app.run(sync, [], { signal })).rejects.toThrow(/timeout|abort/i);
});

test(".env.example contains its settings", () => {
  const [example, source] = ["../../.env.example", "../../app/services/PartnerApi.ts"].map((path) =>
    readFileSync(new URL(path, import.meta.url), "utf8"),
  ) as [string, string];
  const names = source.match(/\bSYNC_[A-Z_]+/g) ?? [];
  expect(names).toContain("SYNC_API_URL");
  for (const name of names) expect(example).toContain(`#${name}=`);
});
