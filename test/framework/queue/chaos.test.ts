import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type EngineName, planOf } from "../../../scripts/proofs/chaos/plan";
import { mysqlNeed } from "../../support/servers/mysql";
import { postgresNeed } from "../../support/servers/postgres";
import { redisNeed } from "../../support/servers/redis";

const root = join(import.meta.dirname, "..", "..", "..");
const always = { skip: false, label: "" };

// Each storm lasts 15 seconds (npm run chaos runs longer ones). Two run at a time, because a storm mostly waits.
describe.concurrent.each<[EngineName, { skip: boolean; label: string }]>([
  ["sqlite", always],
  ["postgresql", postgresNeed],
  ["mariadb", mysqlNeed],
  ["redis", redisNeed],
])("a storm on %s", (engine, need) => {
  // Retry once, because the same faults happen at different moments each time, especially on a slow machine.
  test.skipIf(need.skip)(
    `breaks no guarantee of the queue${need.label}`,
    { retry: 1 },
    async ({ expect }) => {
      const { status, output } = await storm(engine);
      // The test's output shows which guarantee was broken.
      expect(output).toContain(`✓ chaos on ${engine}, seed 1, 0.25 min`);
      expect(status).toBe(0);
    },
  );
});

test("plans the same faults for the same seed", () => {
  const means = { isRoot: true, hasFaketime: true };
  const plan = planOf("redis", 2, 7, means);
  expect(planOf("redis", 2, 7, means)).toEqual(plan);
  expect(planOf("redis", 2, 8, means)).not.toEqual(plan);
  expect(plan.length).toBeGreaterThan(30);
});

async function storm(engine: EngineName) {
  const program = join("scripts", "proofs", "chaos", "main.ts");
  const args = ["--import", "tsx", program, "--on", engine, "--minutes", "0.25"];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += text));
  const [status] = await once(child, "close");
  return { status, output };
}
