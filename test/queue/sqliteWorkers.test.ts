import { sqliteSetup } from "../support/queue/sqliteSetup";
import { workerConformance } from "./workerConformance";

workerConformance(sqliteSetup());
