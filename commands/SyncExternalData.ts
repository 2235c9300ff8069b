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
    // If the list of products can't be fetched, there is nothing to sync: let the error end the run.
    const skus = await PartnerApi.skus(signal);
    let failed = 0;
    for (const sku of skus) {
      signal.throwIfAborted();
      try {
        await store(await PartnerApi.product(sku, signal));
      } catch (error) {
        // Continue with the next product. A count in `failed` makes the run exit with status 1.
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
