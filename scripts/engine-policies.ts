import { stringify } from "yaml";
import { engines } from "../guardrails/engines";
import { misread, readArguments } from "./arguments";
import { runCommand } from "./command";

const usage = `npm run -s engine-policies -- --engine ${Object.keys(engines).join("|")}`;

/** Prints Estate's rules for a policy engine as YAML, for whoever has one. */
void runCommand(() => {
  const { engine } = readArguments(usage, { engine: { type: "string" } });
  const own = Object.entries(engines).find(([name]) => name === engine);
  if (own === undefined) throw misread(usage, engine === undefined ? "--engine is missing" : `no engine "${engine}"`);
  const [, manifests] = own;
  // Quoted so that readers of YAML 1.1 take nothing for something else.
  const written = manifests().map((manifest) => stringify(manifest, { version: "1.1", lineWidth: 0 }));
  process.stdout.write(written.join("---\n"));
  return 0;
});
