#!/usr/bin/env node
// The `darkroom` command.
import { runDarkroom } from "./program.ts";

process.exitCode = await runDarkroom(process.argv.slice(2));
