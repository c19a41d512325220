import { existsSync } from "node:fs";
import { parseArgs } from "node:util";

import { bundleDoubles, shellQuoted } from "./bundles";
import { Complaint, reasonOf, runCommand } from "./complaint";
import { environmentOf, exportLines } from "./environment";
import { printLogs } from "./logs";
import { controllerNames, controllerStatus, notSimulatedText } from "./operators/status";
import { sandboxFolder } from "./place";
import { Progress } from "./progress";
import { start } from "./sandbox";
import { askedStatusOf, isAmiss, partNames, statusOf, statusTable } from "./status";
import { stop } from "./stop";
import { readState, stateOf } from "./state";
import { inTurn } from "./turn";
import { wipe } from "./wipe";

const usage = `npm run sandbox -- <command> [--dir <folder>]

  start [--doubles | --plugins]   starts what does not run, and waits until it is ready
  stop                            ends what start began; keeps all data
  status                          a table of the parts; exit code 1 when one died or does not answer
  wipe <cluster>                  loses all that is in a cluster, and starts it anew
  env                             export lines: eval "$(npm run -s sandbox -- env)"
  logs [part] [-f]                the end of the logs; -f follows them

The folder is --dir, else ESTATE_SANDBOX, else .sandbox in the checkout.
`;

void runCommand(async () => {
  const { command, rest, values } = argumentsOf(process.argv.slice(2));
  const dir = sandboxFolder(values.dir);
  const reporter = new Progress();
  switch (command) {
    case "start": {
      if (values.doubles && values.plugins) {
        throw new Complaint("--doubles and --plugins exclude each other", "both were given", "give one, or none");
      }
      const plugins = values.doubles ? "doubles" : values.plugins ? "real" : undefined;
      await inTurn(dir, reporter, () => start({ dir, reporter, ...(plugins === undefined ? {} : { plugins }) }));
      reporter.line(`the sandbox in ${dir} is ready; next: ${environmentCommand(dir)}`);
      return 0;
    }
    case "stop":
      if (readState(dir) !== undefined) await inTurn(dir, reporter, () => stop(dir, reporter));
      return 0;
    case "wipe":
      stateOf(dir);
      await inTurn(dir, reporter, () => wipe(rest.join(" "), { dir, reporter }));
      return 0;
    case "status": {
      const parts = [
        ...(await askedStatusOf(dir, readState(dir) ?? { ports: {}, parts: {} })),
        ...controllerStatus(dir),
      ];
      process.stdout.write(statusTable(parts) + notSimulatedText(dir));
      return parts.some(isAmiss) ? 1 : 0;
    }
    case "env": {
      const state = stateOf(dir);
      const lines = exportLines(environmentOf(dir, state));
      if (state.plugins === "doubles") await bundleDoubles(dir);
      process.stdout.write(lines);
      const down = statusOf(dir, state).filter((part) => part.state !== "running");
      if (down.length > 0) {
        reporter.line(`not running: ${down.map((part) => part.name).join(", ")}; run \`npm run sandbox -- start\``);
      }
      return 0;
    }
    case "logs":
      return logs(dir, rest, values.follow);
    default:
      process.stderr.write(usage);
      return command === "help" ? 0 : 2;
  }
});

/** What gives a shell this sandbox's environment; a folder that the command would not find by itself is named. */
function environmentCommand(dir: string): string {
  return `eval "$(npm run -s sandbox -- env${dir === sandboxFolder() ? "" : ` --dir ${shellQuoted(dir)}`})"`;
}

async function logs(dir: string, parts: readonly string[], follow: boolean): Promise<number> {
  const names = [...partNames, ...controllerNames(dir)];
  const unknown = parts.find((part) => !names.includes(part));
  if (unknown !== undefined) {
    throw new Complaint(`no part "${unknown}"`, "the sandbox has none of that name", `use: ${names.join(", ")}`);
  }
  if (!existsSync(dir)) stateOf(dir);
  await printLogs(dir, parts.length === 0 ? names : parts, follow);
  return 0;
}

interface Arguments {
  readonly command: string;
  readonly rest: readonly string[];
  readonly values: {
    readonly dir?: string;
    readonly doubles: boolean;
    readonly plugins: boolean;
    readonly follow: boolean;
  };
}

function argumentsOf(args: string[]): Arguments {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        dir: { type: "string" },
        doubles: { type: "boolean", default: false },
        plugins: { type: "boolean", default: false },
        follow: { type: "boolean", short: "f", default: false },
      },
    });
    const [command = "", ...rest] = positionals;
    const { dir, doubles, plugins, follow } = values;
    return { command, rest, values: { ...(dir === undefined ? {} : { dir }), doubles, plugins, follow } };
  } catch (thrown) {
    throw new Complaint(
      "cannot read the command line",
      reasonOf(thrown).split(". ")[0] ?? "",
      "try `npm run sandbox -- help`",
    );
  }
}
