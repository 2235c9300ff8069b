import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { serialize } from "node:v8";
import { watchOutbox } from "../../services/mail/outbox";
import { caughtMail } from "../captured/caughtMail";
import { fixClock } from "../clock";
import { fetchByTest } from "./bridge";

// Loaded into a script's process before the script. Writes each mail to a file synchronously, because the script can
// exit at any time.
const { LAJU_TEST_SCRIPT: folder = "", LAJU_TEST_CLOCK: clock } = process.env;
let count = 0;
watchOutbox((mail) => writeFileSync(join(folder, String(++count)), serialize(caughtMail(mail))));
if (clock !== undefined) fixClock(Number(clock));
globalThis.fetch = fetchByTest();
