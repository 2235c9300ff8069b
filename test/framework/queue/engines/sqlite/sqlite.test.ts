import { sqliteSetup } from "../../../../support/queue/sqliteSetup";
import { conformance } from "../conformance";

conformance(sqliteSetup());
