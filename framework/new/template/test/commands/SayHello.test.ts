import { testCommand } from "laju/testing";
import { expect, test } from "vitest";
import SayHello from "../../commands/SayHello";

test("greets by name", async () => {
  const run = await testCommand(SayHello, { options: { name: "Ada" } });
  expect(run).toMatchObject({ exitStatus: 0, message: "Hello, Ada!" });
});
