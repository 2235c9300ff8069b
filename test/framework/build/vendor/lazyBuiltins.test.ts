import { createRequire } from "node:module";
import tls from "node:tls";
import { expect, test } from "vitest";
import { withLazyBuiltins, withLazyImports } from "../../../../framework/build/vendor/lazyBuiltins";

const require = createRequire(import.meta.url);

/** Evaluates a bundle's code, and returns the names of the modules that it loaded. */
function evaluate(code: string): { result: unknown; asked: string[] } {
  const asked: string[] = [];
  const watched = (name: string) => {
    asked.push(name);
    return require(name);
  };
  const result = new Function("require", withLazyBuiltins(code))(watched);
  return { result, asked };
}

test("a module that is imported but not used is not loaded", () => {
  expect(evaluate('const a = require("tls"), b = require("node:http"); return 1;')).toEqual({
    result: 1,
    asked: [],
  });
});

test.each([
  ['return require("tls").connect', tls.connect],
  ['const { connect } = require("tls"); return connect', tls.connect],
  ['return "TLSSocket" in require("node:tls")', true],
  ['return Object.keys(require("tls")).sort().join()', Object.keys(tls).sort().join()],
  ['return { ...require("tls") }.connect', tls.connect],
  ['const net = require("net"); return new net.Socket() instanceof net.Socket', true],
  ['class Own extends require("net").Socket {} return new Own() instanceof require("net").Socket', true],
  ['const assert = require("assert"); assert(true); return typeof assert.strictEqual', "function"],
  ['return new (require("https").Agent)().defaultPort', 443],
  ['try { require("assert")(false) } catch (error) { return error.code }', "ERR_ASSERTION"],
])("%s", (code, expected) => {
  expect(evaluate(code).result).toBe(expected);
});

test("checking for a compiled ES module doesn't load it", () => {
  const code = 'const { __esModule } = require("tls"); return __esModule';
  expect(evaluate(code)).toEqual({ result: undefined, asked: [] });
});

test("checking whether a file is a terminal doesn't load tty", () => {
  const code = 'const fd = require("fs").openSync("/etc/passwd"); return require("tty").isatty(fd)';
  expect(evaluate(code)).toEqual({ result: false, asked: ["fs", "fs"] });
});

test("other modules and other code are unchanged", () => {
  const code = 'return [require("util"), other.require("tls2"), "require(tls)"]';
  expect(withLazyBuiltins(code)).toBe(code);
});

test("in our own code, only compiled imports are lazy", () => {
  const text = 'const text = \'x : require("node:module")\'; import_node_fs = require("node:fs");';
  expect(withLazyImports(text)).toBe(text);
  const code =
    'var import_node_crypto=require("node:crypto"); return (0, import_node_crypto.createHash)("sha1")';
  expect(withLazyImports(code)).toContain('import_node_crypto=lajuLazy("node:crypto")');
});
