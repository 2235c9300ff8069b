import { command } from "../app/console/command";
import DB from "../app/services/DB";
import { logInfo, logWarn } from "../app/services/Logger";
import PartnerApi from "../app/services/PartnerApi";

export default command({
  description: "Copy the partner's products into our database",
  schedule: "*/15 * * * *",
  timeout: "10m",
  tags: ["sync"],
  environments: ["demo"],

  async run({ signal }) {
    // Without the list, there is no work to do, so let an error here end the run.
    const skus = await PartnerApi.skus(signal);
    let failed = 0;
    for (const sku of skus) {
      signal.throwIfAborted();
      try {
        await store(await PartnerApi.product(sku, signal));
      } catch (error) {
        // Continue with the others. Since `failed` is counted, the run exits with 1, so that someone takes a look.
        failed += 1;
        logWarn("Product not synced", { sku, reason: error.message });
      }
    }

    const processed = skus.length - failed;
    logInfo("Products synced", { processed, failed });
    return { message: `Synced ${processed} of ${skus.length} products`, processed, failed };
  },
});

/** Inserts or updates a product in one statement, by its unique `sku`. */
async function store({
  sku,
  name,
  price,
  stock,
}: {
  sku: string;
  name: string;
  price: number;
  stock: number;
}) {
  await DB("products")
    .insert({ sku, name, price_cents: Math.round(price * 100), stock, synced_at: Date.now() })
    .onConflict("sku")
    .merge();
}
