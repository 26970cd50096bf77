#!/usr/bin/env node
// The `darkroom` command.
import { enableCompileCache } from "node:module";

// Before the rest is loaded: Node.js need not compile again what it has compiled for an earlier command.
enableCompileCache();
const { runDarkroom } = await import("./program.ts");

process.exitCode = await runDarkroom(process.argv.slice(2));
