import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { blocksOf, pages } from "../support/docs/pages";
import { typeProblems } from "../support/docs/typeChecked";
import { needs } from "../support/servers/requirement";

const require = createRequire(import.meta.url);
/** js-yaml, which is installed because pm2 depends on it. */
const { load } = createRequire(require.resolve("pm2"))("js-yaml");
const nginx = needs("nginx");
const systemd = needs("systemd-analyze");
const blocks = pages().flatMap(blocksOf);
const ofLanguage = (...languages: string[]) =>
  blocks
    .filter(({ language }) => languages.includes(language))
    .map((block) => ({ ...block, place: `${block.page}:${block.line}` }));

describe("the documentation's samples", () => {
  test("TypeScript samples compile against the package", () => {
    expect(typeProblems(pages())).toEqual([]);
  });

  test.each(ofLanguage("json"))("the JSON of $place is valid", ({ text }) => {
    expect(JSON.parse(text)).toBeDefined();
  });

  test.each(ofLanguage("yaml"))("the YAML of $place is valid", ({ text }) => {
    expect(load(text)).toBeTypeOf("object");
  });

  test.each(ofLanguage("sh", "bash"))("the shell script of $place is valid", ({ text }) => {
    expect(spawnSync("sh", ["-n"], { input: text, encoding: "utf8" }).stderr).toBe("");
  });

  test.each(ofLanguage("dockerfile"))("$place has only Dockerfile instructions", ({ text }) => {
    const instructions = text
      .replaceAll("\\\n", " ")
      .split("\n")
      .filter((line) => /^\S/.test(line));
    const known = /^(#|FROM|RUN|ENV|WORKDIR|COPY|USER|VOLUME|HEALTHCHECK|ENTRYPOINT|CMD|ARG|STOPSIGNAL) ?/;
    expect(instructions.filter((line) => !known.test(line))).toEqual([]);
  });

  test.skipIf(systemd.skip)(`systemd accepts every unit${systemd.label}`, () => {
    const units = ofLanguage("ini").filter(({ text }) => text.includes("[Service]"));
    for (const { text, place } of units) {
      expect(`${place} ${inFile("docs.service", unit(text), ["systemd-analyze", "verify"])}`).toBe(
        `${place} `,
      );
    }
  });

  test.skipIf(nginx.skip)(`nginx accepts every server and location${nginx.label}`, () => {
    for (const { text, place } of ofLanguage("nginx")) {
      const server = /^server\b/m.test(text) ? text : `server { listen 8080; ${text} }`;
      const whole = `events {} pid /tmp/laju-docs.pid; http { ${server} }`;
      expect(`${place} ${inFile("nginx.conf", whole, ["nginx", "-t", "-q", "-c"])}`).toBe(`${place} `);
    }
  });
});

/** A unit file, with a program that exists on this machine in place of the app's. */
function unit(text: string): string {
  return text
    .replaceAll(/^(Exec\w+)=.*$/gm, "$1=/bin/true")
    .replaceAll(/^(User|Group|WorkingDirectory)=.*\n/gm, "");
}

/** What the program reports about a file with this text. */
function inFile(name: string, text: string, [program = "", ...args]: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "laju-docs-"));
  try {
    writeFileSync(join(folder, name), text);
    const { status, stdout, stderr } = spawnSync(program, [...args, join(folder, name)], {
      encoding: "utf8",
    });
    return status === 0 ? "" : stdout + stderr;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
