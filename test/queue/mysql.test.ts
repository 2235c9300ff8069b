import { describe } from "vitest";
import { mysqlNeed } from "../support/mysql";
import { mysqlSetup } from "../support/queue/mysqlSetup";
import { conformance } from "./conformance";

describe.skipIf(mysqlNeed.skip)(`MySQL${mysqlNeed.label}`, () => conformance(mysqlSetup()));
