import { createHash } from "node:crypto";
import { join } from "node:path";
import { readText } from "../../config/readText";
import { chartStyle, palette } from "../../views/report/style";

/** A file that pages load. */
export interface Asset {
  /** The file's name. It contains a hash of the contents, so that browsers may cache the file forever. */
  name: string;
  type: string;
  text: string;
}

export interface Assets {
  style: Asset;
  script: Asset;
  /** The script of pages with a log. */
  logScript: Asset;
  icon: Asset;
}

let known: Assets | undefined;

/** Reads each file once. The dashboard needs no build step, and loads no files from other servers. */
export function readAssets(): Assets {
  known ??= {
    style: asset("style", "css", "text/css", palette + chartStyle + textOf("style.css")),
    script: asset("page", "js", "text/javascript", textOf("page.js")),
    logScript: asset("log", "js", "text/javascript", textOf("log.js")),
    icon: { name: "icon.svg", type: "image/svg+xml", text: textOf("icon.svg") },
  };
  return known;
}

export function assetNamed(name: string): Asset | undefined {
  return Object.values(readAssets()).find((one) => one.name === name);
}

function asset(name: string, ending: string, type: string, text: string): Asset {
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 10);
  return { name: `${name}.${hash}.${ending}`, type: `${type}; charset=utf-8`, text };
}

function textOf(file: string): string {
  return readText(join(import.meta.dirname, file));
}
