import { runCommand } from "./command";
import { misread } from "./arguments";
import { accessCommand } from "./estate/access";
import { adoptCommand } from "./estate/adopt";
import { print, columns, type Command } from "./estate/command";
import { credentialsCommand } from "./estate/credentials";
import { doctorCommand } from "./estate/doctor";
import { migrateCommand } from "./estate/migrate";
import { offboardCommand } from "./estate/offboard";
import { planCommand } from "./estate/plan";
import { tenantAdd } from "./estate/tenant-add";
import { validateCommand } from "./validate";

const commands: readonly Command[] = [
  tenantAdd,
  validateCommand,
  planCommand,
  accessCommand,
  credentialsCommand,
  offboardCommand,
  migrateCommand,
  adoptCommand,
  doctorCommand,
];

const usage = `estate <command> [options], with one of: ${commands.map(({ name }) => name).join(", ")}`;

function help(): string {
  return [
    `usage: ${usage}`,
    "",
    columns(commands.map(({ name, summary }) => [`  ${name}`, summary])),
    "",
    "estate <command> --help tells the options. Exit codes: 0 done, 1 a bug of ours, 2 something to mend, 3 credentials end soon or are to be rotated.",
  ].join("\n");
}

/** Runs the command that the words begin with. */
export async function main(args: readonly string[]): Promise<void> {
  await runCommand(() => {
    const [first] = args;
    if (first === undefined || ["help", "--help", "-h"].includes(first)) {
      print(help());
      return first === undefined ? 2 : 0;
    }
    const command = commands.find(({ name }) => name.split(" ").every((word, index) => args[index] === word));
    if (command === undefined) throw misread(usage, `no command "${first}"`);
    const rest = args.slice(command.name.split(" ").length);
    if (rest.includes("--help") || rest.includes("-h")) {
      print(`usage: ${command.usage}\n\n${command.summary}`);
      return 0;
    }
    return command.run(rest);
  });
}
