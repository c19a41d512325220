import { runCommand } from "../complaint";
import { Progress } from "../progress";
import { ensureTools } from "./ensure";
import { manifestsFolder } from "./manifests";
import { sandboxTools } from "./tools";

/** `npm run toolchain [-- tool...]`: makes the tools ready and says where they are. */
void runCommand(async () => {
  const asked = process.argv.slice(2);
  const reporter = new Progress();
  const toolchain = await ensureTools(asked.length === 0 ? sandboxTools : asked, reporter);
  for (const [name, file] of toolchain.files) process.stdout.write(`${name.padEnd(24)} ${file}\n`);
  if (asked.length === 0) process.stdout.write(`${"CRDs".padEnd(24)} ${await manifestsFolder()}\n`);
  return 0;
});
