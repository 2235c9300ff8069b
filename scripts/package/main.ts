/* Builds the package that apps depend on: `npm run pack` writes build/laju-<version>.tgz. */
import { join } from "node:path";
import { makePackage } from "./makePackage";

const { file, size, files } = makePackage(join(import.meta.dirname, "..", ".."));
console.log(`${file}: ${files} files, ${(size / 1_000_000).toFixed(2)} MB`);
