import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { LajuError } from "../../app/errors";
import {
  appAlias,
  type Bundled,
  bundle,
  describeMessage,
  externalPackages,
  isMessageList,
  type Place,
} from "./bundle";

const folder = "app/migrations";

/** Compiles app/migrations/*.ts to build/app/migrations/*.js, where the compiled CLI finds them. */
export async function bundleMigrations(place: Place): Promise<Bundled> {
  const { root } = place;
  const files = existsSync(join(root, folder)) ? readdirSync(join(root, folder)) : [];
  const entries = files
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"))
    .map((file) => ({ in: join(root, folder, file), out: `${folder}/${file.replace(/\.ts$/, "")}` }));
  if (entries.length === 0) return { outputs: [], inputs: [] };
  try {
    const plugins = [appAlias(root), externalPackages(() => true)];
    return await bundle(entries, { ...place, format: "cjs", plugins });
  } catch (error) {
    if (!isMessageList(error)) throw error;
    const messages = error.errors.map(describeMessage).join("\n");
    throw new LajuError(messages, {
      code: "E_BUILD",
      hint: "A migration has to compile before anything is built.",
    });
  }
}
