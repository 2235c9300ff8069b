import DB from "../../framework/services/DB";
import { seed } from "./seed";

// Started by scripts/demo/start.ts, with LAJU_ROOT set to the demonstration's folder.
const seeded = await seed(DB);
const counts = Object.entries(seeded).map(([table, count]) => `${count} ${table}`);
console.log(`Filled the database with ${counts.join(", ")}.`);
await DB.destroy();
