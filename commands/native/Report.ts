import { hostname } from "node:os";
import { basename, resolve } from "node:path";
import { readBuiltCommands } from "../../framework/catalog/catalog";
import { numberOption } from "../../framework/cli/numberOption";
import { terminalFor } from "../../framework/cli/terminal";
import { verb } from "../../framework/cli/verb";
import { paths } from "../../framework/config/config";
import { LajuError } from "../../framework/config/errors";
import { writeAtomically } from "../../framework/files/writeAtomically";
import { hostClock } from "../../framework/host/hostClock";
import { shownOf } from "../../framework/views/report/failures";
import { reportPage } from "../../framework/views/report/page";
import { readQueueReport } from "../../framework/views/report/readQueue";
import { type ReportData, readReport } from "../../framework/views/report/reportData";
import { withStores } from "../../framework/views/statusStores";

const hint = "node laju report --html report.html --days 7";

export default verb({
  examples: [["report --html report.html --days 30", "The last month as one page"]],
  options: {
    html: { type: "string", value: "file", description: "The file to write" },
    days: { type: "string", value: "number", default: "7", description: "Number of days to show" },
  },
  details: "Writes a single self-contained HTML file that can be mailed or served as it is.",
  async run({ options }) {
    if (options.html === undefined) throw usageError("report needs --html FILE");
    const facts = {
      app: basename(paths.root),
      host: hostname(),
      clock: hostClock(),
      days: numberOption("days", options.days, {
        least: 1,
        most: 999,
        wanted: "a number from 1 to 999",
        hint,
      }),
    };
    const report = readReport(readBuiltCommands(), facts);
    const status = await withStores(report.status, true);
    const data = { ...report, status, queue: await readQueueReport(status) };
    const page = reportPage(data);
    write(resolve(options.html), page);
    const { paint, symbols } = terminalFor(1);
    const size = `${Math.ceil(Buffer.byteLength(page) / 1000)} kB`;
    console.log(
      `${paint("green", symbols.done)} Wrote ${options.html}: ${[failuresText(data), size].join(", ")}`,
    );
  },
});

function failuresText(data: ReportData): string {
  const { total } = data.failures;
  const failures = total === 1 ? "1 failure" : `${total} failures`;
  const shown = shownOf(data);
  return shown === "" ? failures : `${failures} (${shown})`;
}

function write(file: string, text: string): void {
  try {
    writeAtomically(file, text, { keepsMode: true });
  } catch (error) {
    throw new LajuError(`${file} cannot be written: ${error.message}`, {
      code: "E_REPORT",
      hint: "Choose a file in an existing, writable folder.",
      cause: error,
    });
  }
}

function usageError(message: string): LajuError {
  return new LajuError(message, {
    code: "E_USAGE",
    exitStatus: 2,
    hint,
  });
}
