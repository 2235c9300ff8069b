import "laju/config";
import { LajuError } from "laju/errors";
import { webAddress } from "laju/services/webAddress";

/** A product from the partner's API, after validation. */
export interface PartnerProduct {
  sku: string;
  name: string;
  price: number;
  stock: number;
}

/**
 * The partner's HTTP API at SYNC_API_URL. A call ends with an error after SYNC_API_TIMEOUT or when its signal is
 * aborted.
 */
const PartnerApi = {
  async skus(signal: AbortSignal): Promise<string[]> {
    const list = await getJson("/products", signal);
    if (!Array.isArray(list?.items)) throw new Error("the partner's list of products has no items");
    return list.items.map((item: { sku: unknown }) => String(item.sku));
  },

  async product(sku: string, signal: AbortSignal): Promise<PartnerProduct> {
    const product = await getJson(`/products/${encodeURIComponent(sku)}`, signal);
    const { name, price, stock } = product ?? {};
    // Validate the partner's data before anything stores it.
    if (typeof name !== "string" || name === "") throw new Error(`product ${sku} has no name`);
    if (!Number.isFinite(price) || price < 0) throw new Error(`product ${sku} has no price`);
    if (!Number.isInteger(stock)) throw new Error(`product ${sku} has no stock`);
    return { sku, name, price, stock };
  },
};
export default PartnerApi;

async function getJson(path: string, signal: AbortSignal) {
  const { url, headers } = webAddress(baseUrl() + path);
  const response = await fetch(url, {
    headers: { ...headers, accept: "application/json" },
    // Set a timeout, because fetch by itself waits five minutes for a partner that never answers.
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs())]),
  });
  if (!response.ok) throw new Error(`GET ${path} answered ${response.status}`);
  return response.json();
}

function baseUrl(): string {
  const { SYNC_API_URL: url } = process.env;
  if (!url) {
    throw new LajuError("SYNC_API_URL is not set, so there is nothing to sync with", {
      code: "E_SYNC_URL",
      hint: "Set the partner API's URL in .env, for example SYNC_API_URL=https://api.example.com/v1",
    });
  }
  if (/^https?:/.test(url) && URL.canParse(url)) return url.replace(/\/+$/, "");
  // Leave the URL out of the message, because it may contain a password.
  throw new LajuError("SYNC_API_URL is not a URL of the form http://… or https://…", { code: "E_SYNC_URL" });
}

function timeoutMs(): number {
  const seconds = process.env.SYNC_API_TIMEOUT || "5";
  if (/^[1-9]\d{0,3}$/.test(seconds) && Number(seconds) <= 3600) return Number(seconds) * 1000;
  throw new LajuError(
    `SYNC_API_TIMEOUT is ${JSON.stringify(seconds)}, expected whole seconds from 1 to 3600`,
    {
      code: "E_SYNC_TIMEOUT",
    },
  );
}
