/** A package that is bundled into build/vendor, because loading it file by file in every run is too slow. */
export interface VendorPackage {
  name: string;
  /** Packages that it loads on demand: each is bundled separately, or not at all. */
  external?: string[];
}

export const vendorPackages: VendorPackage[] = [
  { name: "knex", external: ["better-sqlite3", "pg", "mysql2", "mysql2/promise"] },
  { name: "fs-native-extensions" },
  { name: "better-sqlite3" },
  { name: "better-sqlite3-node20" },
  { name: "ioredis" },
  { name: "nodemailer" },
  { name: "winston" },
  { name: "pg" },
  { name: "mysql2" },
  { name: "ejs" },
  { name: "html-to-text" },
];
