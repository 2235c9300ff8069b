/**
 * Built-in modules that are slow to load, and that packages load at start-up whether they use them or not. Node itself
 * starts in 20 ms; tls takes 4 to 6 ms, tty, net and http 3 each, zlib 2, crypto and dns more than 1.
 */
const heavy = "assert|child_process|crypto|dns|http|https|module|net|os|tls|tty|zlib";

/**
 * Makes a bundle load each of these modules when it is first used, and provides lajuLate() for parts of packages (see
 * lighterParts.ts). Destructuring (`const { connect } = …`) counts as use.
 */
export function withLazyBuiltins(code: string): string {
  return lazily(code, new RegExp(`\\brequire\\("(?:node:)?(${heavy})"\\)`, "g"));
}

/** Like withLazyBuiltins(), but only for imports in ES modules, which esbuild turned into `require`. */
export function withLazyImports(code: string): string {
  return lazily(code, new RegExp(`(?<=\\bimport_node_\\w+\\s?=\\s?)require\\("node:(${heavy})"\\)`, "g"));
}

function lazily(code: string, found: RegExp): string {
  const lazy = code.replace(found, (_, name) => `lajuLazy("node:${name}")`);
  return lazy.includes("lajuLate(") || lazy !== code ? `${prelude}${lazy}` : code;
}

/**
 * Code for the first line of a bundle. A module is replaced with a proxy, which loads it when a property is used. The
 * proxy's target is a function, because some modules are called or constructed. Two properties are known without
 * loading: tty.isatty, which packages call at load time and which is false for files and pipes, and __esModule.
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
