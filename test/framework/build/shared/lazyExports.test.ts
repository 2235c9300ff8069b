import { expect, test } from "vitest";
import { withLazyRequires } from "../../../../framework/build/shared/lazyExports";

// Modules as esbuild writes them. `c` is also loaded with `import()`, so the bundle's own code uses its export object.
const code = `var a_exports={};__export(a_exports,{one:()=>one,two:()=>two});var one,two;
var c_exports={};__export(c_exports,{three:()=>three});var three=3;
var m0=()=>(one=1,two=2,__toCommonJS(a_exports)),m1=()=>__toCommonJS(c_exports),late=()=>c_exports;`;
const given = `var __export=(object,getters)=>Object.assign(object,{declared:Object.keys(getters)}),
__toCommonJS=module=>({copied:module}),lajuGive=getters=>({given:Object.keys(getters)});`;
const lazy = withLazyRequires(code);

test("module objects that only require() returns are created on demand", () => {
  const modules = new Function(`${given}${lazy};return [m0(),m1(),late()]`)();
  expect(modules).toEqual([
    { given: ["one", "two"] },
    { copied: { declared: ["three"] } },
    { declared: ["three"] },
  ]);
});

test("source maps still fit: no statement moves", () => {
  expect(lazy.split("\n").map((line) => line.length)).toEqual(code.split("\n").map((line) => line.length));
  for (const statement of ["var one,two", "var three=3", "late=()=>"]) {
    expect(lazy.indexOf(statement)).toBe(code.indexOf(statement));
  }
});
