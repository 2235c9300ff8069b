/*
 * Measures the cost of starting a command, compared with a bare start of node: `npm run bench:start`.
 *   --rounds N    starts of each program; the tables show medians (default 21)
 *   --node PATH   also measures another Node; may be repeated
 *   --only a,b    only these commands
 *   --app FOLDER  measures the laju installed in an app that `node laju new` created, not this repository's
 *   --peers       also installs and measures alternatives to laju (scripts/bench/start/peers)
 * The machine should be otherwise idle. Needs python3 (see probe.ts).
 */
import { execFileSync } from "node:child_process";
import { parseArgs } from "node:util";
import { compare } from "../support/pairs";
import { type Program, startProbe } from "../support/probe";
import { cases } from "./cases";
import { installPeers } from "./peers";
import { type Servers, startServers } from "./servers";
import { setUp } from "./setup";
import { peerTable, startTable } from "./tables";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "21" },
    node: { type: "string", multiple: true, default: [] },
    only: { type: "string", default: cases.map(({ key }) => key).join() },
    app: { type: "string" },
    peers: { type: "boolean", default: false },
  },
});
const rounds = Number(values.rounds);
const only = values.only.split(",");

if (values.peers) installPeers();
const servers = await startServers();
const probe = startProbe();
try {
  for (const node of [process.execPath, ...values.node]) await measure(node, servers);
} finally {
  probe.stop();
  await servers.stop();
}

async function measure(node: string, running: Servers): Promise<void> {
  const { app, bare, skipped, peers, ...forms } = await setUp(node, running, values.app);
  try {
    const programs = new Map<string, Program>([["bare", bare]]);
    for (const [form, byKey] of Object.entries(forms)) {
      for (const [key, program] of byKey) if (only.includes(key)) programs.set(`${form} ${key}`, program);
    }
    for (const [label, program] of peers) programs.set(label, program);
    const compared = await compare(probe, { bare, programs, rounds });
    console.log(`\nNode ${versionOf(node)}, medians of ${rounds}, each start paired with one of bare node\n`);
    console.log(startTable(compared, only));
    if (peers.size > 0) console.log(`\n${peerTable(compared, [...peers.keys()])}`);
    for (const { key, label, needs } of skipped) console.log(`\n${key} (${label}) skipped: needs ${needs}`);
  } finally {
    app.remove();
  }
}

function versionOf(node: string): string {
  return execFileSync(node, ["--version"], { encoding: "utf8" }).trim().slice(1);
}
