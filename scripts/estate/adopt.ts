import { Progress } from "@estate/sandbox";
import { adopt } from "../adopt/adopt";
import { misread, readOperands } from "../arguments";
import { print, type Command } from "./command";

const usage =
  "estate adopt --namespace <name> [--gitlab <group path>] [--cluster <name>] [--owner <e-mail>] [--profile <name>] [--stack <name>] [--import]";

/** Takes a namespace and a GitLab group that exist into the estate. */
export const adoptCommand: Command = {
  name: "adopt",
  usage,
  summary: "takes a namespace and a GitLab group that exist into the estate, as they are",
  run: (args) => {
    const { values } = readOperands(
      usage,
      {
        namespace: { type: "string" },
        gitlab: { type: "string" },
        cluster: { type: "string" },
        owner: { type: "string" },
        profile: { type: "string" },
        stack: { type: "string", default: "dev" },
        import: { type: "boolean", default: false },
      },
      [],
      args,
    );
    const { namespace, ...rest } = values;
    if (namespace === undefined) throw misread(usage, "no --namespace");
    const context = { cwd: process.cwd(), env: process.env };
    return adopt(context, { ...rest, namespace, tell: print, progress: new Progress() });
  },
};
