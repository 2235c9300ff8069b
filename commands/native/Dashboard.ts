import { numberOption } from "../../framework/cli/numberOption";
import { terminalFor } from "../../framework/cli/terminal";
import { verb } from "../../framework/cli/verb";
import { checkedBasePath } from "../../framework/dashboard/basePath";
import { useLittleMemory } from "../../framework/dashboard/littleMemory";

const hint = "node laju dashboard --port 8787";

export default verb({
  examples: [
    ["dashboard", "Open the URL that it prints"],
    ["dashboard --port 9000 --read-only", "On another port, without buttons"],
  ],
  options: {
    port: { type: "string", value: "port", default: "8787", description: "The port to listen on" },
    host: {
      type: "string",
      value: "address",
      default: "127.0.0.1",
      description: "The address to listen on",
    },
    "base-path": {
      type: "string",
      value: "path",
      default: "",
      description: "The path behind a reverse proxy, such as /laju",
    },
    "read-only": { type: "boolean", description: "Show everything, but don't let anyone change anything" },
  },
  details: `Shows what is running, what failed and what is next, on a page that updates itself. Without DASHBOARD_PASSWORD it
prints a URL with a token that only this user can read. docs/how-to/dashboard.md shows it behind nginx and Caddy, under
systemd, and in a server of your own.`,
  async run({ options }) {
    // Limit memory before loading the server's modules, because loading them makes the heap grow.
    useLittleMemory();
    const { serveDashboard } = await import("../../framework/dashboard/serve");
    const serving = await serveDashboard({
      port: numberOption("port", options.port, {
        least: 0,
        most: 65_535,
        wanted: "a port from 0 to 65535",
        hint,
      }),
      host: options.host,
      basePath: checkedBasePath(options["base-path"]),
      isReadOnly: options["read-only"] ?? false,
    });
    const { paint, symbols } = terminalFor(1);
    console.log(`${paint("green", symbols.done)} The dashboard is at ${serving.url}`);
    console.log(paint("dim", "  Press Ctrl+C to stop it."));
    await interrupted();
    await serving.close();
  },
});

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve());
  });
}
