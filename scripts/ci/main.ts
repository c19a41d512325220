import { randomUUID } from "node:crypto";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { Complaint } from "@estate/sandbox";
import { limits } from "../../review/cut";
import { permissionOf } from "../../review/permission";
import { marker } from "../../review/report";
import { misread, readArguments } from "../arguments";
import { runCommand } from "../command";
import { takeData } from "./data";
import { endedExceptions } from "./exceptions";
import { githubHost } from "./github";
import { gitlabHost } from "./gitlab";
import { type Host, MissingVariable, type Variables } from "./host";
import { previewStack } from "./preview";
import { stackOrder } from "./stacks";

const usage = "npm run -s ci -- permission | data | preview | comment | exceptions | stacks [--stack <name>] ...";

/** The label by which a maintainer lets a change of code be previewed, unless ESTATE_LABEL names another. */
const defaultLabel = "preview";

/** The host that this job runs on, by the variables that only it sets. */
export function hostOf(variables: Variables): Host {
  if (variables["GITHUB_ACTIONS"] === "true") return githubHost(variables);
  if (variables["GITLAB_CI"] === "true") return gitlabHost(variables);
  throw new Complaint(
    "no host is known",
    "neither GITHUB_ACTIONS nor GITLAB_CI is true",
    "run this in a pipeline's job",
  );
}

async function withHost<T>(work: (host: Host) => Promise<T>): Promise<T> {
  try {
    const host = hostOf(process.env);
    try {
      return await work(host);
    } finally {
      host.close();
    }
  } catch (thrown) {
    if (!(thrown instanceof MissingVariable)) throw thrown;
    throw new Complaint("cannot ask the host", thrown.message, "docs/pull-requests.md says which variables a job has");
  }
}

/**
 * Values for later jobs, one a line. Paths of a change are in them, so none holds a line's end, which would begin another
 * value, or a `$`, which GitLab would expand.
 */
export function valueLines(values: Readonly<Record<string, string>>, nameOf: (key: string) => string): string {
  return Object.entries(values)
    .map(([key, value]) => `${nameOf(key)}=${value.replaceAll(/[\r\n$]+/g, " ")}\n`)
    .join("");
}

/** Hands values to later jobs: by GitHub's file of outputs, or by a dotenv artifact. */
function tell(values: Readonly<Record<string, string>>, dotenv?: string): void {
  const plain = valueLines(values, (key) => key);
  const outputs = process.env["GITHUB_OUTPUT"];
  if (outputs !== undefined && outputs !== "") appendFileSync(outputs, plain);
  if (dotenv !== undefined)
    writeFileSync(
      dotenv,
      valueLines(values, (key) => `ESTATE_${key.toUpperCase()}`),
    );
  process.stdout.write(plain);
}

/** Text for the log in which a runner looks for no commands: lines of others are in it. */
export function quietly(text: string, token: string): string {
  return `::stop-commands::${token}\n${text}\n::${token}::\n`;
}

function permission(args: readonly string[]): Promise<number> {
  const { dotenv } = readArguments(usage, { dotenv: { type: "string" } }, args);
  return withHost(async (host) => {
    const change = await host.change(process.env["ESTATE_LABEL"] || defaultLabel);
    const { run, program, role, reason } = permissionOf({ ...change, deployed: host.deployed });
    tell({ run: String(run), program, role, head: change.head, reason }, dotenv);
    return 0;
  });
}

function data(args: readonly string[]): number {
  const { head } = readArguments(usage, { head: { type: "string", default: "" } }, args);
  for (const path of takeData(process.cwd(), head)) console.log(path);
  return 0;
}

const pulumiHere = { cwd: process.cwd(), env: {} } as const;

const required = (value: string | undefined, name: string): string => {
  if (value === undefined || value === "") throw misread(usage, `--${name} is missing`);
  return value;
};

async function preview(args: readonly string[]): Promise<number> {
  const options = readArguments(
    usage,
    {
      stack: { type: "string" },
      out: { type: "string" },
      drift: { type: "boolean", default: false },
      host: { type: "string", default: "none" },
      where: { type: "string", default: "the job's artifact" },
      "code-quality": { type: "string" },
    },
    args,
  );
  const host = (["github", "gitlab", "none"] as const).find((name) => name === options.host);
  if (host === undefined) throw misread(usage, `no host "${options.host}"`);
  const out = required(options.out, "out");
  const { code, lines } = await previewStack(pulumiHere, {
    stack: required(options.stack, "stack"),
    out,
    drift: options.drift,
    host,
    where: options.where,
    ...(options["code-quality"] === undefined ? {} : { codeQuality: options["code-quality"] }),
  });
  for (const line of lines) console.log(line);
  const text = readFileSync(out, "utf8");
  process.stdout.write(host === "github" ? quietly(text, randomUUID()) : text);
  return code;
}

function comment(args: readonly string[]): Promise<number> {
  const options = readArguments(usage, { stack: { type: "string" }, file: { type: "string" } }, args);
  const body = readFileSync(required(options.file, "file"), "utf8");
  const mark = marker(required(options.stack, "stack"));
  return withHost(async (host) => {
    const { size } = limits[host.kind];
    // The file may have been written by the change's own program.
    if (!body.startsWith(mark) || Buffer.byteLength(body) > size * 4)
      throw new Complaint(
        "cannot comment",
        "the file is no report of this stack",
        "write it with `npm run ci -- preview`",
      );
    console.log(await host.comment(mark, body));
    return 0;
  });
}

function exceptions(): Promise<number> | number {
  const proposal = endedExceptions(process.cwd(), new Date().toISOString().slice(0, 10));
  if (proposal === undefined) {
    console.log("no exception has ended");
    return 0;
  }
  return withHost(async (host) => {
    console.log(await host.propose(proposal));
    return 0;
  });
}

function stacks(args: readonly string[]): number {
  const { only } = readArguments(usage, { only: { type: "string" } }, args);
  const names = only
    ?.split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  const order = stackOrder(process.cwd(), names === undefined || names.length === 0 ? undefined : names);
  tell({
    first: JSON.stringify(order.first),
    then: JSON.stringify(order.then),
    all: JSON.stringify([...order.first, ...order.then]),
  });
  return 0;
}

const commands: Readonly<Record<string, (args: readonly string[]) => number | Promise<number>>> = {
  permission,
  data,
  preview,
  comment,
  exceptions,
  stacks,
};

/** Runs one of the commands; gives its exit code. Mistakes of the command line are a Complaint, as in every command. */
export function ci([name = "", ...args]: readonly string[]): number | Promise<number> {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) throw misread(usage, name === "" ? "no command" : `no command "${name}"`);
  return command(args);
}

if (require.main === module) void runCommand(() => ci(process.argv.slice(2)));
