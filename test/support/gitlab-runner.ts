import { isRecord } from "@estate/clients";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { parse } from "yaml";
import { succeedGit } from "./git";

/** Variables of a job. */
export type Variables = Readonly<Record<string, string>>;

/** One finding of the code-quality report that a job left, as GitLab shows it beside a file's line. */
export interface Annotation {
  readonly description: string;
  readonly check_name: string;
  readonly location: { readonly path: string; readonly lines: { readonly begin: number } };
}

/** How a job ended. */
export interface JobRun {
  readonly name: string;
  readonly code: number;
  readonly output: string;
  readonly annotations: readonly Annotation[];
}

/** The exit codes of jobs by their names. */
export const codesOf = (runs: readonly JobRun[]): Record<string, number> =>
  Object.fromEntries(runs.map(({ name, code }) => [name, code]));

/** What jobs printed. */
export const outputOf = (runs: readonly JobRun[]): string =>
  runs.map(({ name, output }) => `${name}:\n${output}`).join("\n");

/** What a runner has for the jobs of one stack. */
export interface RunnerOptions {
  /** The address of the repository, with a login in it. */
  readonly repository: string;
  /** A folder of the runner's own. */
  readonly folder: string;
  /** The jobs' stack: other stacks of the lists in the pipeline are left out. */
  readonly stack: string;
  /** Variables that GitLab gives to jobs of an environment alone, by how the environment's name begins. */
  readonly scoped: Readonly<Record<string, Variables>>;
}

interface Job {
  readonly name: string;
  readonly stage: string;
  /** Conditions, any of which lets it run. */
  readonly rules: readonly string[];
  readonly environment: string;
  readonly stacks: readonly string[] | undefined;
  /** It runs although an earlier one failed. */
  readonly always: boolean;
  readonly script: string;
}

const list = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? (value as unknown[]) : value === undefined ? [] : [value];
const texts = (value: unknown): string[] => list(value).filter((each): each is string => typeof each === "string");
const recordOf = (value: unknown): Readonly<Record<string, unknown>> => (isRecord(value) ? value : {});

/** The jobs of a pipeline's file in the order of their stages, with what they take over by `extends` and `!reference`. */
function jobsOf(file: string): Job[] {
  const all = recordOf(parse(file.replaceAll(/!reference \[(\S+), (\w+)\]/g, '"!reference $1 $2"')));
  const keyOf = (name: string, key: string): unknown => {
    const job = recordOf(all[name]);
    if (key in job) return job[key];
    // The last one named goes over those before it.
    const inherited = texts(job["extends"]).map((parent) => keyOf(parent, key));
    return inherited.filter((value) => value !== undefined).at(-1);
  };
  const lines = (name: string, key: string): string[] =>
    texts(keyOf(name, key)).flatMap((line) => {
      const [, from = "", its = ""] = /^!reference (\S+) (\S+)$/.exec(line) ?? [];
      return from === "" ? [line] : lines(from, its);
    });
  const stages = texts(all["stages"]);
  return Object.keys(all)
    .filter((name) => !name.startsWith(".") && lines(name, "script").length > 0)
    .map((name): Job => {
      const [matrix] = list(recordOf(keyOf(name, "parallel"))["matrix"]);
      return {
        name,
        stage: String(keyOf(name, "stage")),
        rules: list(keyOf(name, "rules")).map((rule) => String(recordOf(rule)["if"])),
        environment: texts(recordOf(keyOf(name, "environment"))["name"])[0] ?? "",
        stacks: matrix === undefined ? undefined : texts(recordOf(matrix)["STACK"]),
        always: keyOf(name, "when") === "always",
        script: [...lines(name, "before_script"), ...lines(name, "script")].join("\n"),
      };
    })
    .sort((a, b) => stages.indexOf(a.stage) - stages.indexOf(b.stage));
}

/** Runs a script as a runner does: bash that ends at the first failure, with no variable but these. */
function bash(
  script: string,
  cwd: string,
  env: Variables,
): Promise<{ readonly code: number; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn("bash", ["-eo", "pipefail", "-c", script], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += String(chunk)));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

const qualityReport = "gl-code-quality-report.json";

/**
 * A runner for this repository's own `.gitlab-ci.yml`: it runs the jobs' scripts word for word, in a checkout of its own. Two of
 * their commands are stood in for, since what they bring is here already: `npm ci`, and the download of Pulumi.
 */
export class Runner {
  /** The checkout that the jobs run in. */
  readonly checkout: string;
  private readonly path: string;

  private constructor(private readonly options: RunnerOptions) {
    this.checkout = join(options.folder, "checkout");
    this.path = join(options.folder, "bin");
  }

  static async start(options: RunnerOptions): Promise<Runner> {
    const runner = new Runner(options);
    mkdirSync(runner.path, { recursive: true });
    mkdirSync(join(options.folder, "home"));
    const npm = (process.env["PATH"] ?? "")
      .split(delimiter)
      .map((folder) => join(folder, "npm"))
      .find((file) => existsSync(file));
    writeFileSync(join(runner.path, "npm"), `#!/bin/sh\n[ "$1" = ci ] || exec ${npm ?? "npm"} "$@"\n`, { mode: 0o755 });
    symlinkSync("/bin/true", join(runner.path, "curl"));
    await succeedGit(options.folder, "clone", "--quiet", options.repository, runner.checkout);
    return runner;
  }

  /** Runs the pipeline of a commit: the jobs whose rules hold, as the file of the branch `main` says them. */
  async pipeline(commit: string, given: Variables): Promise<JobRun[]> {
    await succeedGit(this.checkout, "fetch", "--quiet", "origin");
    await succeedGit(this.checkout, "checkout", "--quiet", "--force", "--detach", "origin/main");
    const jobs = jobsOf(readFileSync(join(this.checkout, ".gitlab-ci.yml"), "utf8"));
    await succeedGit(this.checkout, "clean", "-qffd");
    const variables: Variables = { GITLAB_CI: "true", CI_DEFAULT_BRANCH: "main", CI_COMMIT_SHA: commit, ...given };
    const runs: JobRun[] = [];
    const failed = new Set<string>();
    let handed: Variables = {};
    for (const job of jobs) {
      if (job.stacks !== undefined && !job.stacks.includes(this.options.stack)) continue;
      // Those of one stage run side by side.
      if (!job.always && [...failed].some((stage) => stage !== job.stage)) continue;
      const env = this.environmentOf(job, { ...variables, ...handed });
      if (!(await this.lets(job, env))) continue;
      await succeedGit(this.checkout, "checkout", "--quiet", "--force", "--detach", commit);
      const ended = await bash(job.script, this.checkout, env);
      if (ended.code !== 0) failed.add(job.stage);
      runs.push({ name: job.name, ...ended, annotations: this.annotations() });
      handed = { ...handed, ...this.dotenv() };
    }
    return runs;
  }

  private environmentOf(job: Job, variables: Variables): Variables {
    const scoped = Object.entries(this.options.scoped).filter(([name]) => job.environment.startsWith(name));
    const own: Variables = Object.assign({}, ...scoped.map(([, values]) => values)) as Variables;
    const path = [this.path, own["PATH"] ?? "", process.env["PATH"] ?? ""].filter((each) => each !== "");
    return {
      ...own,
      ...(job.stacks === undefined ? {} : { STACK: this.options.stack }),
      ...variables,
      HOME: join(this.options.folder, "home"),
      TMPDIR: process.env["TMPDIR"] ?? "/tmp",
      GIT_TERMINAL_PROMPT: "0",
      PATH: path.join(delimiter),
    };
  }

  /** GitLab's `==`, `&&` and bare variables mean the same to bash. */
  private async lets({ rules }: Job, env: Variables): Promise<boolean> {
    const held = await Promise.all(rules.map((rule) => bash(`[[ ${rule} ]]`, this.checkout, env)));
    return held.some(({ code }) => code === 0);
  }

  private annotations(): Annotation[] {
    const file = join(this.checkout, qualityReport);
    if (!existsSync(file)) return [];
    const told = JSON.parse(readFileSync(file, "utf8")) as Annotation[];
    rmSync(file);
    return told;
  }

  /** What a job hands to later ones. */
  private dotenv(): Variables {
    const file = join(this.checkout, "permission.env");
    if (!existsSync(file)) return {};
    const lines = readFileSync(file, "utf8").split("\n");
    const pairs = lines.map((line) => /^(\w+)=(.*)$/.exec(line) ?? []);
    return Object.fromEntries(pairs.flatMap(([, name, value]) => (name === undefined ? [] : [[name, value ?? ""]])));
  }
}
