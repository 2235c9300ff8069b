import { describe } from "vitest";
import { postgresNeed } from "../support/postgres";
import { postgresSetup } from "../support/queue/postgresSetup";
import { workerConformance } from "./workerConformance";

describe.skipIf(postgresNeed.skip)(`PostgreSQL${postgresNeed.label}`, () =>
  workerConformance(postgresSetup()),
);
