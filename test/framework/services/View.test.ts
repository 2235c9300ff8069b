import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeApp, type TestApp } from "../../support/apps/app";
import { bundledScript } from "../../support/apps/bundledScript";

let app: TestApp;
beforeAll(() => {
  app = makeApp();
  rmSync(`${app.root}/app/views`, { recursive: true, force: true });
  const views = {
    "app/views/digest.ejs": "<p><%= name %> & <%- name %></p><%- include('partials/foot', { year: 2024 }) %>",
    "app/views/partials/foot.ejs": "<i><%= year %> <%= name %></i>",
    "app/views/mail/welcome.ejs": "<% layout('layouts/mail', { title: 'Hi' }) %>Welcome, <%= name %>",
    "app/views/layouts/mail.ejs": "<h1><%= title %></h1><%- body %> (<%= name %>)",
    "app/views/wrong.ejs": "one\n<%= nobody.name %>",
  };
  for (const [path, text] of Object.entries(views)) app.write(path, text);
});
afterAll(() => app.remove());

/** What view() returns, or the error it throws, in a script that runs in another folder. */
async function render(
  ...args: unknown[]
): Promise<{ html?: string; error?: { message: string; hint: string } }> {
  // view() looks for views relative to its own compiled file.
  app.write(
    "app/services/Render.ts",
    `import { view } from "./View";
     const show = (value: unknown) => console.log(JSON.stringify(value));
     try { show({ html: view(...(${JSON.stringify(args)} as [string, object])) }); }
     catch (error) { show({ error: { message: error.message, hint: error.hint } }); }`,
  );
  const script = await bundledScript(app, "app/services/Render.ts");
  const { stdout } = await app.run([join(app.root, script)], { cwd: "/" });
  return JSON.parse(stdout);
}

test("values are escaped unless written with <%-, and includes get the data", async () => {
  expect(await render("digest", { name: "<b>" })).toEqual({
    html: "<p>&lt;b&gt; & <b></p><i>2024 &lt;b&gt;</i>",
  });
});

test("a layout wraps the view as body", async () => {
  expect(await render("mail/welcome.ejs", { name: "Ann" })).toEqual({
    html: "<h1>Hi</h1>Welcome, Ann (Ann)",
  });
});

test("the error for a missing view names the file and suggests similar names", async () => {
  expect(await render("digset")).toEqual({
    error: { message: `there is no view ${app.root}/app/views/digset.ejs`, hint: "Did you mean digest?" },
  });
  expect(await render("invoice")).toEqual({
    error: {
      message: `there is no view ${app.root}/app/views/invoice.ejs`,
      hint: "Views: digest, layouts/mail, mail/welcome, partials/foot, wrong.",
    },
  });
});

test("an error inside a view names the file and line", async () => {
  const { error } = await render("wrong");
  expect(error?.message).toContain(`${app.root}/app/views/wrong.ejs:2`);
  expect(error?.message).toContain("nobody is not defined");
});

test.each(["../../../x", "../viewsx/x", "mail/../../secret"])(
  "a view outside app/views is not rendered: %s",
  async (name) => {
    app.write("x.ejs", "outside");
    app.write("app/secret.ejs", "outside");
    app.write("app/viewsx/x.ejs", "outside");
    expect((await render(name)).error?.message).toMatch(/^the view ".*" is outside .*\/app\/views$/);
  },
);

test.each(["../../secret", "/../secret", "../viewsx/x", "../../missing"])(
  "a file outside is not included: %s",
  async (partial) => {
    app.write("app/secret.ejs", "outside");
    app.write("secret.ejs", "outside");
    app.write("app/viewsx/x.ejs", "outside");
    app.write("app/views/mail/any.ejs", "<%- include(partial) %>");
    const { html, error } = await render("mail/any", { partial });
    expect([html, error?.message]).toEqual([
      undefined,
      expect.stringMatching(/the view ".*" is outside .*\/app\/views/),
    ]);
  },
);

test("a partial is found next to its view and relative to app/views", async () => {
  app.write("app/views/mail/foot.ejs", "foot");
  app.write(
    "app/views/mail/both.ejs",
    "<%- include('foot') %> <%- include('/mail/foot') %> <%- include('mail/foot') %>",
  );
  expect(await render("mail/both")).toEqual({ html: "foot foot foot" });
  app.write("app/views/mail/none.ejs", "<%- include('fooot') %>");
  expect((await render("mail/none")).error?.message).toContain("there is no view");
});
