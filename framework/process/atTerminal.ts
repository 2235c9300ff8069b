import { require } from "../config/require";

/** Whether somebody started this process at a terminal, and so sees how it goes. */
export function isAtTerminal(): boolean {
  // Loaded only when asked: it brings all of node:net along.
  const { isatty } = require("node:tty") as typeof import("node:tty");
  return isatty(0);
}
