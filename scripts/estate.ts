import { createRequire } from "node:module";
import { runCommand } from "./command";
import { misread } from "./arguments";
import { print, columns, type Command } from "./estate/command";

/** A module beside this one, which ts-node or tsx translates as it is loaded. */
const load = createRequire(__filename);
const loaded = <Name extends string>(module: string) => load(module) as Readonly<Record<Name, Command>>;

/** Each is loaded when it is called: what the others need of clients would be half of the time of the shortest. */
const commands: Readonly<Record<string, () => Command>> = {
  "tenant add": () => loaded<"tenantAdd">("./estate/tenant-add").tenantAdd,
  validate: () => loaded<"validateCommand">("./validate").validateCommand,
  plan: () => loaded<"planCommand">("./estate/plan").planCommand,
  access: () => loaded<"accessCommand">("./estate/access").accessCommand,
  reach: () => loaded<"reachCommand">("./estate/reach").reachCommand,
  credentials: () => loaded<"credentialsCommand">("./estate/credentials").credentialsCommand,
  offboard: () => loaded<"offboardCommand">("./estate/offboard").offboardCommand,
  migrate: () => loaded<"migrateCommand">("./estate/migrate").migrateCommand,
  adopt: () => loaded<"adoptCommand">("./estate/adopt").adoptCommand,
  doctor: () => loaded<"doctorCommand">("./estate/doctor").doctorCommand,
};

const usage = `estate <command> [options], with one of: ${Object.keys(commands).join(", ")}`;

function help(): string {
  const all = Object.values(commands).map((command) => command());
  return [
    `usage: ${usage}`,
    "",
    columns(all.map(({ name, summary }) => [`  ${name}`, summary])),
    "",
    "estate <command> --help tells the options. Exit codes: 0 done, 1 a bug of ours, 2 something to mend, 3 credentials end soon or are to be rotated, or one end may not reach the other.",
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
    const found = Object.entries(commands).find(([name]) =>
      name.split(" ").every((word, index) => args[index] === word),
    );
    if (found === undefined) throw misread(usage, `no command "${first}"`);
    const command = found[1]();
    const rest = args.slice(command.name.split(" ").length);
    if (rest.includes("--help") || rest.includes("-h")) {
      print(`usage: ${command.usage}\n\n${command.summary}`);
      return 0;
    }
    return command.run(rest);
  });
}
