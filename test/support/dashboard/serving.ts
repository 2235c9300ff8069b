import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { TestApp } from "../apps/app";

/** A running `node laju dashboard` of an app. */
export interface Serving {
  /** The URL that the dashboard printed, which includes the token. */
  url: string;
  /** The URL without the token. */
  base: string;
  process: ChildProcess;
  stop(): Promise<void>;
}

export interface ServingOptions {
  args?: string[];
  env?: Record<string, string>;
}

/** Starts the dashboard on a free port, and waits until it prints its URL. */
export async function serveApp(
  app: Pick<TestApp, "root">,
  { args = [], env = {} }: ServingOptions = {},
): Promise<Serving> {
  const port = args.includes("--port") ? [] : ["--port", "0"];
  const child = spawn(process.execPath, ["laju", "dashboard", ...port, ...args], {
    cwd: app.root,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, TZ: "UTC", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const url = await new Promise<string>((resolve, reject) => {
    const take = (text: string) => {
      output += text;
      const found = /http:\/\/\S+/.exec(output)?.[0];
      if (found !== undefined) resolve(found);
    };
    child.stdout.setEncoding("utf8").on("data", take);
    child.stderr.setEncoding("utf8").on("data", take);
    child.on("exit", (status) => reject(new Error(`the dashboard exited with status ${status}\n${output}`)));
  });
  return {
    url,
    base: url.replace(/\?.*/, ""),
    process: child,
    async stop() {
      if (child.exitCode !== null) return;
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}

/** Signs in with the printed URL, and returns a function that makes further requests, as curl would. */
export async function signedIn({
  url,
  base,
}: Serving): Promise<(path: string, init?: RequestInit) => Promise<Response>> {
  const answer = await fetch(url, { redirect: "manual" });
  const cookie = answer.headers.get("set-cookie")?.split(";", 1)[0] ?? "";
  return (path, init = {}) =>
    fetch(new URL(path, base), { redirect: "manual", ...init, headers: { cookie, ...init.headers } });
}

/** The token that a page's form contains. */
export function formTokenIn(html: string): string {
  return /name="token" value="([^"]+)"/.exec(html)?.[1] ?? "";
}
