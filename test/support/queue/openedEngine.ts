import { afterAll, beforeAll, beforeEach } from "vitest";
import type { QueueEngine } from "../../../framework/queue/engine";
import type { EngineSetup } from "../../framework/queue/engines/conformance";

/**
 * Opens an engine on the suite's own server, and empties the queue before each test. The returned function returns the
 * engine, within a test.
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
