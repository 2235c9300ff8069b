import { describe } from "vitest";
import { bullSetup } from "../../../../support/queue/bullSetup";
import { redisNeed } from "../../../../support/servers/redis";
import { conformance } from "../conformance";

describe.skipIf(redisNeed.skip)(`BullMQ${redisNeed.label}`, () => conformance(bullSetup()));
