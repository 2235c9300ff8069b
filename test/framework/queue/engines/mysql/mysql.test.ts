import { describe } from "vitest";
import { mysqlSetup } from "../../../../support/queue/mysqlSetup";
import { mysqlNeed } from "../../../../support/servers/mysql";
import { conformance } from "../conformance";

describe.skipIf(mysqlNeed.skip)(`MySQL${mysqlNeed.label}`, () => conformance(mysqlSetup()));
