#!/usr/bin/env node
// The commands need no build: SWC translates them as they load, as it does the program (tsconfig.pulumi.json). Both are
// dependencies, so that this also runs where the tools of development are not installed.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const require = createRequire(import.meta.url);
require("ts-node").register({ cwd: root, project: join(root, "tsconfig.pulumi.json") });
await require(join(root, "scripts/estate.ts")).main(process.argv.slice(2));
