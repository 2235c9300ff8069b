import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeApp, type TestApp } from "../../support/apps/app";

describe("make:migration", () => {
  let app: TestApp;
  beforeAll(() => {
    app = makeApp();
  });
  afterAll(() => app.remove());
  const files = () => readdirSync(join(app.root, "app/migrations")).sort();

  test("writes migrations that do what their names say, in order, and can be undone", async () => {
    const names = [
      "CreateCustomersTable",
      "add phone to customers",
      "rename-phone-to-mobile-in-customers",
      "remove_mobile_from_customers",
      "add_city_and_vat_id_and_paid_at_to_customers",
      "remove_city_and_paid_at_from_customers",
      "rename_customers_to_clients",
      "drop_clients_table",
      "add_index_to_jobs",
    ];
    for (const name of names)
      expect(await app.laju("make:migration", name)).toMatchObject({ status: 0, stderr: "" });
    expect(files().map((file) => file.replace(/^\d{14}_/, ""))).toEqual([
      "create_customers_table.ts",
      "add_phone_to_customers.ts",
      "rename_phone_to_mobile_in_customers.ts",
      "remove_mobile_from_customers.ts",
      "add_city_and_vat_id_and_paid_at_to_customers.ts",
      "remove_city_and_paid_at_from_customers.ts",
      "rename_customers_to_clients.ts",
      "drop_clients_table.ts",
      "add_index_to_jobs.ts",
    ]);
    const added = app.read(`app/migrations/${files()[4]}`);
    expect(added.match(/table\.(string|dropColumn)\(.*/g)).toEqual([
      'table.string("city", 200);',
      'table.string("vat_id", 200);',
      'table.string("paid_at", 200);',
      'table.dropColumn("city");',
      'table.dropColumn("vat_id");',
      'table.dropColumn("paid_at");',
    ]);
    const migrated = await app.laju("migrate");
    expect(migrated).toMatchObject({ status: 0, stderr: "" });
    expect(migrated.stdout).toContain("_drop_clients_table\n");
    const undone = await app.laju("migrate:rollback", "--all");
    expect(undone.stdout.match(/ undone$/gm)).toHaveLength(9);
  });

  test("reports what it wrote, and allows one migration per name, after all existing ones", async () => {
    app.write("app/migrations/29991231235959_far_away.ts", "export const up = () => {};\n");
    const made = await app.laju("make:migration", "create_orders");
    expect(made.stdout).toBe(`✓ Created app/migrations/30000101000000_create_orders.ts

  Run it  node laju migrate
  Undo it node laju migrate:rollback
`);
    expect(app.read("app/migrations/30000101000000_create_orders.ts")).toContain(
      'createTable("orders", (table) => {',
    );
    const again = await app.laju("make:migration", "create_orders_table");
    expect(again).toMatchObject({ status: 1, stdout: "" });
    expect(again.stderr).toContain("✗ the migration 30000101000000_create_orders already exists\n");
  });

  test.each(["1st", "../evil", "drop;table", ""])("%j is not a migration name", async (name) => {
    const refused = await app.laju("make:migration", name);
    expect(refused).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("is not a migration name"),
    });
  });

  test("the app's own stub is used", async () => {
    app.write("stubs/migrationAdd.stub", "// {{ column }} of {{ table }} by {{ name }}\n");
    await app.laju("make:migration", "add_vat_id_to_orders_table");
    expect(app.read(`app/migrations/${files().at(-1)}`)).toBe(
      "// vat_id of orders by add_vat_id_to_orders_table\n",
    );
  });
});

test("make:test suggests similar names, and asks if there are two", async () => {
  const app = makeApp({
    "commands/SendInvoice.ts": "export const run = () => 1;\n",
    "app/jobs/SendInvoice.ts": "export const run = () => 1;\n",
  });
  expect(await app.laju("make:test", "SendInvoise")).toMatchObject({
    status: 2,
    stderr: '✗ there is no command or job "SendInvoise"\n  Did you mean SendInvoice?\n',
  });
  expect(await app.laju("make:test", "send-invoice")).toMatchObject({
    status: 2,
    stderr:
      '✗ "send-invoice" is the name of both a command and a job\n  Specify which: commands/SendInvoice or app/jobs/SendInvoice.\n',
  });
  expect(await app.laju("make:test", "price list")).toMatchObject({
    status: 2,
    stderr: expect.stringContaining(
      "\n  For a test of something else: node laju make:test 'price list' --plain\n",
    ),
  });
  expect(await app.laju("make:test", "a.b")).toMatchObject({
    status: 2,
    stderr: '✗ "a.b" is not a test name\n  Use letters and digits, starting with a letter, such as Prices.\n',
  });
  expect((await app.laju("make:test", "app/jobs/SendInvoice.ts")).stdout).toContain(
    "Created test/jobs/SendInvoice.test.ts",
  );
  expect((await app.laju("make:test", "commands/SendInvoice.ts")).stdout).toContain(
    "test/commands/SendInvoice.test.ts",
  );
  expect(await app.laju("make:test", "commands/SendInvoice")).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("test/commands/SendInvoice.test.ts already exists"),
  });
  app.remove();
});
