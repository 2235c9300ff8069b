import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Page, pages, project, prose } from "../support/docs/pages";

describe("the documentation's links", () => {
  test.each(pages())("$path leads to files and headings that exist", (page) => {
    expect(brokenLinks(page)).toEqual([]);
  });

  test("the index links every page and fits on one screen", () => {
    const index = pages().find(({ path }) => path === "docs/README.md") as Page;
    const linked = new Set(linksOf(index).map(({ target }) => target));
    const docs = pages().filter(({ path }) => path.startsWith("docs/") && path !== index.path);
    expect(docs.filter(({ path }) => !linked.has(path)).map(({ path }) => path)).toEqual([]);
    expect(index.text.split("\n").length).toBeLessThanOrEqual(60);
  });

  test("every picture is used", () => {
    const used = new Set(pages().flatMap((page) => linksOf(page).map(({ target }) => target)));
    const pictures = [
      "dashboard",
      "dashboard-command",
      "dashboard-dark",
      "dashboard-narrow",
      "dashboard-queue",
    ];
    expect(pictures.filter((name) => !used.has(`docs/images/${name}.png`))).toEqual([]);
  });
});

interface Link {
  written: string;
  /** The page's path, relative to the repository's root. */
  target: string;
  anchor: string | undefined;
}

/** The links of a page to other pages, files and headings. */
function linksOf({ path, text }: Page): Link[] {
  const links = prose(text).matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]*))?\)/g);
  return [...links].map(([written, file, anchor]) => {
    return { written, target: file ? join(dirname(path), file) : path, anchor };
  });
}

function brokenLinks(page: Page): string[] {
  return linksOf(page)
    .filter(({ target, anchor }) => {
      if (!existsSync(join(project, target))) return true;
      return anchor !== undefined && !anchorsOf(target).has(anchor);
    })
    .map(({ written }) => written);
}

/** The anchors that GitHub generates for a page's headings. */
function anchorsOf(path: string): Set<string> {
  const headings = prose(readFileSync(join(project, path), "utf8")).match(/^#+ .*$/gm) ?? [];
  const seen = new Map<string, number>();
  return new Set(
    headings.map((heading) => {
      const slug = heading
        .replace(/^#+ /, "")
        .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}_ -]/gu, "")
        .replaceAll(" ", "-");
      const count = seen.get(slug) ?? 0;
      seen.set(slug, count + 1);
      return count === 0 ? slug : `${slug}-${count}`;
    }),
  );
}
