import { expect, test } from "vitest";
import { summaryText } from "../../../framework/queue/QueueWorker";

test.each([
  [{ completed: 0, failed: 0, retried: 0, returned: 0 }, "Jobs: 0 completed"],
  [{ completed: 12, failed: 1, retried: 1, returned: 0 }, "Jobs: 12 completed, 1 failed, 1 retry"],
  [{ completed: 0, failed: 0, retried: 3, returned: 2 }, "Jobs: 0 completed, 3 retries, 2 returned"],
])("a worker that did %j says so", (summary, text) => {
  expect(summaryText(summary)).toBe(text);
});
