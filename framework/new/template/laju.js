#!/usr/bin/env node
// laju's command line in this app: node laju <verb>
import { startCommandLine } from "laju/cli";

await startCommandLine(import.meta.dirname);
