import { existsSync } from "node:fs";
import { join } from "node:path";
import type { BuildReport } from "../../framework/build/build";
import { reportProblems, reportWarnings } from "../../framework/cli/manifestProblems";
import { terminalFor } from "../../framework/cli/terminal";
import { verb } from "../../framework/cli/verb";
import { paths } from "../../framework/config/config";
import { LajuError } from "../../framework/config/errors";

export default verb({
  options: { watch: { type: "boolean", short: "w", description: "Go on and build again what changes" } },
  details:
    "Type errors are npm run typecheck's business; syntax and metadata errors are named here, with their place.",
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

/** A build of another user's, say. */
function notWritable(cause: unknown): LajuError {
  return new LajuError(`the build cannot be written: ${(cause as Error).message}`, {
    code: "E_BUILD_WRITE",
    hint: `Build as the user who owns ${paths.build} and all that is in it.`,
    cause,
  });
}

/** A server may have the build alone. */
function checkSources(): void {
  const missing = ["app", "framework/build"].find((folder) => !existsSync(join(paths.root, folder)));
  if (missing === undefined) return;
  throw new LajuError(`there are no sources here to build: ${join(paths.root, missing)} is missing`, {
    code: "E_NO_SOURCES",
    hint: "Build where the sources are, and bring build/ here.",
  });
}

function show(report: BuildReport): 0 | 1 {
  const { paint, symbols } = terminalFor(1);
  const status = reportProblems(report.problems);
  if (report.built.length > 0 || status === 0) {
    console.log(`${paint("green", symbols.done)} ${sentence(report)}`);
  }
  reportWarnings(report.warnings);
  for (const { name } of report.kept) console.log(`  ${name} keeps what an earlier build made of it`);
  for (const { name, why } of report.removed) console.log(`  ${name} removed: ${why}`);
  for (const name of report.alone) {
    console.log(
      paint("dim", `  ${name} imports nothing of laju's: try it with node laju run ${name}, not with tsx`),
    );
  }
  return status;
}

/** The build's tools are development's; production brings build/ along. */
async function buildTools() {
  try {
    const [{ buildApp }, { watchAndBuild }] = await Promise.all([
      import("../../framework/build/build"),
      import("../../framework/build/watch"),
    ]);
    return { buildApp, watchAndBuild };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    throw new LajuError("esbuild is not installed, which the build needs", {
      code: "E_NO_BUILD_TOOLS",
      hint: "Build where the development packages are (npm ci), and bring build/ here.",
      cause: error,
    });
  }
}

function sentence({ built, milliseconds }: BuildReport): string {
  const count = built.length === 1 ? `${built[0]?.name}` : `${built.length} commands`;
  return `Built ${count} in ${(milliseconds / 1000).toFixed(2)} s`;
}
