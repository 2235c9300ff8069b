/**
 * Node's modules that cost a start the most and that packages name at their top, whether they come to use them or
 * not: tls 4 to 6 ms of a bare start's 20, tty, net and http 3 each, zlib 2, crypto and dns more than 1.
 */
const heavy = "assert|child_process|crypto|dns|http|https|module|net|os|tls|tty|zlib";

/**
 * Makes a bundle load these at their first use, and gives it lajuLate() for parts of its own (see lighterParts.ts).
 * What takes one apart at once (`const { connect } = …`) has it at once.
 */
export function withLazyBuiltins(code: string): string {
  return lazily(code, new RegExp(`\\brequire\\("(?:node:)?(${heavy})"\\)`, "g"));
}

/** The same for what esbuild made of `import { … } from "node:…"`, and for nothing that only looks like it. */
export function withLazyImports(code: string): string {
  return lazily(code, new RegExp(`(?<=\\bimport_node_\\w+\\s?=\\s?)require\\("node:(${heavy})"\\)`, "g"));
}

function lazily(code: string, found: RegExp): string {
  const lazy = code.replace(found, (_, name) => `lajuLazy("node:${name}")`);
  return lazy.includes("lajuLate(") || lazy !== code ? `${prelude}${lazy}` : code;
}

/**
 * Stands before the bundle, on its first line. Functions as targets: some modules are called, some constructed. That
 * a file or a pipe is no terminal, which packages ask tty at their top for the sake of colours, the disk knows as well;
 * that a module of Node is no compiled ES module, which they ask each, is known.
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
