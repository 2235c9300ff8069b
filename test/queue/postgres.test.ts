import { describe } from "vitest";
import { postgresNeed } from "../support/postgres";
import { postgresSetup } from "../support/queue/postgresSetup";
import { conformance } from "./conformance";

describe.skipIf(postgresNeed.skip)(`PostgreSQL${postgresNeed.label}`, () => conformance(postgresSetup()));
