import { describe } from "vitest";
import { postgresSetup } from "../../../../support/queue/postgresSetup";
import { postgresNeed } from "../../../../support/servers/postgres";
import { conformance } from "../conformance";

describe.skipIf(postgresNeed.skip)(`PostgreSQL${postgresNeed.label}`, () => conformance(postgresSetup()));
