import { gzipSync } from "node:zlib";
import type { Context } from "hono";
import { accepts } from "hono/accepts";

/** Sends a page, and compresses it synchronously: hono's compress() uses threads, whose memory is never released. */
export function sendPage(context: Context, page: string, status: 200 | 404 | 422 = 200): Response {
  const encoding = accepts(context, {
    header: "Accept-Encoding",
    supports: ["gzip", "identity"],
    default: "identity",
  });
  context.header("vary", "accept-encoding");
  if (encoding !== "gzip") return context.html(page, status);
  context.header("content-encoding", "gzip");
  context.header("content-type", "text/html; charset=utf-8");
  return context.body(gzipSync(page), status);
}
