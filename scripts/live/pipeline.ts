import { isRecord } from "@estate/clients";
import { spawn } from "node:child_process";
import { parse } from "yaml";
import { GitLabSide } from "./gitlab";

/** One job of a pipeline that ran. */
export interface JobRun {
  readonly name: string;
  readonly code: number;
  readonly output: string;
}

interface JobText {
  readonly name: string;
  /** Rules' conditions, any of which lets it run. */
  readonly rules: readonly string[];
  readonly idTokens: readonly string[];
  readonly script: string;
}

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];

/** The pipeline that GitLab would run for a project: the file its setting names, or its own with what that includes. */
async function pipelineOf(gitlab: GitLabSide, project: string): Promise<string> {
  const { ci_config_path: setting } = await gitlab.object("GET", GitLabSide.project(project));
  const outside = /^(.+)@(.+):(.+)$/.exec(typeof setting === "string" ? setting : "");
  if (outside !== null) return gitlab.file(outside[2] ?? "", outside[1] ?? "");
  const own: unknown = parse(await gitlab.file(project, ".gitlab-ci.yml"));
  const includes = isRecord(own) && Array.isArray(own["include"]) ? own["include"].filter(isRecord) : [];
  const included = includes.map(({ project: from, file }) => gitlab.file(String(from), String(file)));
  return (await Promise.all(included)).join("\n");
}

function jobsOf(pipeline: string): JobText[] {
  const content: unknown = parse(pipeline, { merge: true });
  return Object.entries(isRecord(content) ? content : {}).flatMap(([name, job]) =>
    !isRecord(job) || name.startsWith(".") || texts(job["script"]).length === 0
      ? []
      : [
          {
            name,
            rules: (Array.isArray(job["rules"]) ? job["rules"].filter(isRecord) : []).map((rule) => String(rule["if"])),
            idTokens: Object.keys(isRecord(job["id_tokens"]) ? job["id_tokens"] : {}),
            script: [...texts(job["before_script"]), ...texts(job["script"])].join("\n"),
          },
        ],
  );
}

/** Runs a script as a runner does: bash that ends at the first failure. */
function bash(script: string, cwd: string, env: Readonly<Record<string, string>>): Promise<Omit<JobRun, "name">> {
  return new Promise((resolve) => {
    const child = spawn("bash", ["-eo", "pipefail", "-c", script], {
      cwd,
      env: { PATH: process.env["PATH"] ?? "", HOME: cwd, GIT_TERMINAL_PROMPT: "0", ...env },
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += String(chunk)));
    child.on("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

/** Whether GitLab's rule holds. Its `==`, `=~`, `&&` and bare variables mean the same to bash. */
async function holds(rule: string, cwd: string, env: Readonly<Record<string, string>>): Promise<boolean> {
  return (await bash(`[[ ${rule} ]]`, cwd, env)).code === 0;
}

/**
 * Runs the pipeline of a project's branch as GitLab's runner would: the jobs whose rules hold, in a fresh clone, with the
 * variables and the ID token of such a job. `path` comes first on PATH, for stand-ins of what an image would hold.
 */
export async function runPipeline(
  gitlab: GitLabSide,
  project: string,
  options: { readonly ref?: string; readonly user?: string; readonly path?: string } = {},
): Promise<JobRun[]> {
  const { ref = "main", user, path } = options;
  const { idToken, variables } = await gitlab.job(project, ref, user);
  const login = { username: "gitlab-ci-token", password: variables["CI_JOB_TOKEN"] ?? "" };
  const runs: JobRun[] = [];
  for (const { name, rules, idTokens, script } of jobsOf(await pipelineOf(gitlab, project))) {
    const cloned = await gitlab.clone(project, login);
    if (cloned.code !== 0) throw new Error(`a job cannot clone ${project}: ${cloned.output}`);
    const env = {
      ...variables,
      ...Object.fromEntries(idTokens.map((variable) => [variable, idToken])),
      ...(path === undefined ? {} : { PATH: `${path}:${process.env["PATH"] ?? ""}` }),
    };
    const allowed = await Promise.all(rules.map((rule) => holds(rule, cloned.dir, env)));
    if (allowed.includes(true)) runs.push({ name, ...(await bash(script, cloned.dir, env)) });
  }
  return runs;
}
