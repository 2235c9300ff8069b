import { afterAll, beforeAll, beforeEach } from "vitest";
import type { QueueEngine } from "../../../framework/queue/engine";
import type { EngineSetup } from "../../framework/queue/engines/conformance";

/** An engine on a server of the suite's own, with nothing queued before each test; asked for in a test. */
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
