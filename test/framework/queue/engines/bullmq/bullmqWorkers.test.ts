import { describe } from "vitest";
import { bullSetup } from "../../../../support/queue/bullSetup";
import { redisNeed } from "../../../../support/servers/redis";
import { workerConformance } from "../workerConformance";

describe.skipIf(redisNeed.skip)(`BullMQ${redisNeed.label}`, () => workerConformance(bullSetup()));
