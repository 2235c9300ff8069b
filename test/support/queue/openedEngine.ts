import { afterAll, beforeAll, beforeEach } from "vitest";
import type { QueueEngine } from "../../../framework/queue/engine";
import type { EngineSetup } from "../../framework/queue/engines/conformance";

/**
 * An engine on the suite's own server, with an empty queue before each test. Call the returned function
 * within a test.
 */
export function openedEngine(setup: EngineSetup): () => QueueEngine {
  let engine: QueueEngine | undefined;
  beforeAll(async () => {
    await setup.start();
    engine = await setup.open();
  });
  beforeEach(() => setup.clear());
  afterAll(async () => {
    await engine?.close();
    await setup.stop();
  });
  return () => engine as QueueEngine;
}
