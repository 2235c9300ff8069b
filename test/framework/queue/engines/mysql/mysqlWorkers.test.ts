import { describe } from "vitest";
import { mysqlSetup } from "../../../../support/queue/mysqlSetup";
import { mysqlNeed } from "../../../../support/servers/mysql";
import { workerConformance } from "../workerConformance";

describe.skipIf(mysqlNeed.skip)(`MySQL${mysqlNeed.label}`, () => workerConformance(mysqlSetup()));
