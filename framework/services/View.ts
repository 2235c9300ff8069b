import { existsSync, readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";
import type { TemplateFunction } from "ejs";
import { paths } from "../config/config";
import { LajuError } from "../config/errors";
import { readText } from "../config/readText";
import { require } from "../config/require";
import { nearest } from "../text/similar";

/** app/views: the sources in development, build/app/views in the build. */
const viewsFolder = join(paths.app, "views");
/** laju's own views, such as the notification mail. A view of the app with the same name overrides one of these. */
const lajuViewsFolder = join(import.meta.dirname, "mail", "views");

/**
 * Renders `app/views/FILE.ejs`. `<%= %>` escapes, `<%- include("partials/head") %>` includes a partial, and
 * `<% layout("layouts/mail", { title }) %>` renders the view as `body` of another view.
 */
export function view(file: string, data: object = {}): string {
  let wrapper: { file: string; data: object } | undefined;
  const layout = (name: string, more: object = {}) => {
    wrapper = { file: name, data: more };
  };
  const body = template(file)({ layout, ...data });
  return wrapper === undefined ? body : view(wrapper.file, { ...data, ...wrapper.data, body });
}
export default view;

const templates = new Map<string, TemplateFunction>();

function template(file: string): TemplateFunction {
  const known = templates.get(file);
  if (known !== undefined) return known;
  const path = pathOf(file);
  const { compile } = require("ejs") as typeof import("ejs");
  const compiled = compile(readView(file, path), {
    filename: path,
    root: viewsFolder,
    views: [viewsFolder, lajuViewsFolder],
    cache: true,
    includer: includedView,
  });
  templates.set(file, compiled);
  return compiled;
}

function pathOf(file: string): string {
  const name = file.endsWith(".ejs") ? file : `${file}.ejs`;
  const path = join(viewsFolder, name);
  if (!isView(path)) throw outside(file);
  const lajuPath = join(lajuViewsFolder, name);
  return !existsSync(path) && existsSync(lajuPath) ? lajuPath : path;
}

function isView(path: string): boolean {
  return [viewsFolder, lajuViewsFolder].some((folder) => path.startsWith(folder + sep));
}

/**
 * Returns the view to include. Rejects names outside the views folder: a name can come from data, and ejs would include
 * any file. `path` is the file that ejs found, if any.
 */
function includedView(name: string, path: string | undefined) {
  const filename = path ?? join(viewsFolder, `${name}.ejs`);
  if (!isView(filename)) throw outside(name);
  return path === undefined ? { template: readView(name, filename) } : { filename };
}

/** The error for a file outside the views folder, which is never rendered because view names can come from data. */
function outside(file: string): LajuError {
  return new LajuError(`the view ${JSON.stringify(file)} is outside ${viewsFolder}`, {
    code: "E_VIEW",
    hint: 'Name views relative to that folder: view("digest"), view("mails/digest").',
  });
}

function readView(file: string, path: string): string {
  try {
    return readText(path);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
    const names = viewNames();
    const near = nearest(file.replace(/\.ejs$/, ""), names);
    throw new LajuError(`there is no view ${path}`, {
      code: "E_VIEW",
      hint:
        near.length > 0 ? `Did you mean ${near.join(" or ")}?` : `Views: ${names.join(", ") || "none yet"}.`,
      cause: error,
    });
  }
}

function viewNames(): string[] {
  try {
    return readdirSync(viewsFolder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(".ejs"))
      .map((entry) => relative(viewsFolder, join(entry.parentPath, entry.name)).replace(/\.ejs$/, ""))
      .sort();
  } catch {
    return []; // There is no views folder.
  }
}
