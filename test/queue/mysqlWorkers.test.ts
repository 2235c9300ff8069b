import { describe } from "vitest";
import { mysqlNeed } from "../support/mysql";
import { mysqlSetup } from "../support/queue/mysqlSetup";
import { workerConformance } from "./workerConformance";

describe.skipIf(mysqlNeed.skip)(`MySQL${mysqlNeed.label}`, () => workerConformance(mysqlSetup()));
