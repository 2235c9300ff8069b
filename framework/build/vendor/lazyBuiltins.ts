/**
 * The slowest of the built-in modules that packages load at start-up, whether they use them or not. Compared with the
 * 20 ms in which Node starts, tls takes 4 to 6 ms; tty, net and http 3 each; zlib 2; crypto and dns more than 1.
 */
const heavy = "assert|child_process|crypto|dns|http|https|module|net|os|tls|tty|zlib";

/**
 * Makes a bundle load these modules on first use, and provides lajuLate() for the bundle's own parts (see
 * lighterParts.ts). Destructuring (`const { connect } = …`) counts as use.
 */
export function withLazyBuiltins(code: string): string {
  return lazily(code, new RegExp(`\\brequire\\("(?:node:)?(${heavy})"\\)`, "g"));
}

/**
 * Makes a bundle load these modules on first use, but only where esbuild generated the code for `import { … } from
 * "node:…"`.
 */
export function withLazyImports(code: string): string {
  return lazily(code, new RegExp(`(?<=\\bimport_node_\\w+\\s?=\\s?)require\\("node:(${heavy})"\\)`, "g"));
}

function lazily(code: string, found: RegExp): string {
  const lazy = code.replace(found, (_, name) => `lajuLazy("node:${name}")`);
  return lazy.includes("lajuLate(") || lazy !== code ? `${prelude}${lazy}` : code;
}

/**
 * Code for the first line of a bundle. Proxy targets are functions because some modules are called or constructed.
 * Packages ask tty at load time whether output is a terminal, for colors; for files and pipes, fstat answers that without
 * loading tty. They also check for __esModule, which is known for built-ins.
 */
const prelude =
  `const lajuLate=(load,known={__proto__:null})=>{let real;const get=()=>real??=load();return new Proxy(function(){"use strict"},{
get:(_,key)=>key in known?known[key]:get()[key],set:(_,key,value)=>Reflect.set(get(),key,value),has:(_,key)=>key in get(),
apply:(_,self,args)=>Reflect.apply(get(),self,args),
construct:(_,args,target)=>Reflect.construct(get(),args,target),
deleteProperty:(_,key)=>Reflect.deleteProperty(get(),key),
defineProperty:(_,key,descriptor)=>Reflect.defineProperty(get(),key,descriptor),
ownKeys:()=>[...new Set([...Reflect.ownKeys(get()),"prototype"])],
getPrototypeOf:()=>Reflect.getPrototypeOf(get()),
getOwnPropertyDescriptor:(target,key)=>{const own=Reflect.getOwnPropertyDescriptor(target,key);
if(own&&!own.configurable)return own;const found=Reflect.getOwnPropertyDescriptor(get(),key);
return found&&{...found,configurable:true}}})},
lajuLazy=name=>{const load=()=>require(name),known={__proto__:null,__esModule:undefined};
if(name==="node:tty")known.isatty=fd=>{try{return require("fs").fstatSync(fd).isCharacterDevice()&&load().isatty(fd)}catch{return false}};
return lajuLate(load,known)};`.replaceAll("\n", "");
