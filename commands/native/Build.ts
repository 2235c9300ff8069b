import { existsSync } from "node:fs";
import { join } from "node:path";
import type { BuildReport } from "../../framework/build/build";
import { reportProblems, reportWarnings } from "../../framework/cli/manifestProblems";
import { terminalFor } from "../../framework/cli/terminal";
import { verb } from "../../framework/cli/verb";
import { paths } from "../../framework/config/config";
import { LajuError } from "../../framework/config/errors";
import { lajuHome } from "../../framework/config/home";

export default verb({
  examples: [
    ["build", "Compile what changed"],
    ["build --watch", "Rebuild after each change"],
  ],
  options: {
    watch: { type: "boolean", short: "w", description: "Keep running and rebuild after each change" },
  },
  details:
    "Reports syntax and metadata errors with their location. Type errors are left to npm run typecheck.",
  async run({ options }) {
    checkSources();
    const { buildApp, watchAndBuild } = await buildTools();
    try {
      if (options.watch) return await watchAndBuild(show);
      return show(await buildApp());
    } catch (error) {
      throw (error as NodeJS.ErrnoException).code?.match(/^(EACCES|EPERM|EROFS)$/)
        ? notWritable(error)
        : error;
    }
  },
});

/** The error for a build folder that is not writable, for example because another user made the last build. */
function notWritable(cause: unknown): LajuError {
  return new LajuError(`the build cannot be written: ${(cause as Error).message}`, {
    code: "E_BUILD_WRITE",
    hint: `Build as the user who owns ${paths.build} and everything in it.`,
    cause,
  });
}

/** Throws if the app's sources or laju's compiler are missing, as on a server to which only build/ was copied. */
function checkSources(): void {
  if (existsSync(join(paths.root, "app")) && hasCompiler()) return;
  const missing = existsSync(join(paths.root, "app")) ? "laju's compiler" : join(paths.root, "app");
  throw new LajuError(`there are no sources to build here: ${missing} is missing`, {
    code: "E_NO_SOURCES",
    hint: "Build where the sources are, then copy build/ here.",
  });
}

function hasCompiler(): boolean {
  try {
    return existsSync(join(lajuHome(paths.root), "framework/build"));
  } catch {
    return false; // There are no sources, because only build/ was deployed.
  }
}

function show(report: BuildReport): 0 | 1 {
  const { paint, symbols } = terminalFor(1);
  const status = reportProblems(report.problems);
  if (report.built.length > 0 || status === 0) {
    console.log(`${paint("green", symbols.done)} ${sentence(report)}`);
  }
  reportWarnings(report.warnings);
  for (const { name } of report.kept) console.log(`  ${name} kept from an earlier build`);
  for (const { name, why } of report.removed) console.log(`  ${name} removed: ${why}`);
  for (const name of report.alone) {
    console.log(
      paint("dim", `  ${name} imports nothing from laju: try it with node laju run ${name}, not with tsx`),
    );
  }
  return status;
}

/** Throws if esbuild is missing. It is a development dependency, so production doesn't have it. */
async function buildTools() {
  try {
    const [{ buildApp }, { watchAndBuild }] = await Promise.all([
      import("../../framework/build/build"),
      import("../../framework/build/watch"),
    ]);
    return { buildApp, watchAndBuild };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    throw new LajuError("the build needs esbuild, which is not installed", {
      code: "E_NO_BUILD_TOOLS",
      hint: "Build where the development dependencies are installed (npm ci), then copy build/ here.",
      cause: error,
    });
  }
}

function sentence({ built, milliseconds }: BuildReport): string {
  const count = built.length === 1 ? `${built[0]?.name}` : `${built.length} commands`;
  return `Built ${count} in ${(milliseconds / 1000).toFixed(2)} s`;
}
