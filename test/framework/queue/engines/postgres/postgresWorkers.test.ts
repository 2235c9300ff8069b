import { describe } from "vitest";
import { postgresSetup } from "../../../../support/queue/postgresSetup";
import { postgresNeed } from "../../../../support/servers/postgres";
import { workerConformance } from "../workerConformance";

describe.skipIf(postgresNeed.skip)(`PostgreSQL${postgresNeed.label}`, () =>
  workerConformance(postgresSetup()),
);
