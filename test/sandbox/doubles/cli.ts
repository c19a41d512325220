import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkout, Progress } from "../../../sandbox";
import { binFolder, bundleDoubles } from "../../../sandbox/bundles";
import { ensureTools } from "../../../sandbox/toolchain/ensure";

/** A project of its own in a folder, with the doubles and the real CLI. */
export class CliProject {
  private constructor(
    readonly folder: string,
    readonly file: string,
    readonly env: NodeJS.ProcessEnv,
  ) {}

  /** Makes it out of one TypeScript program, and its stack. */
  static async make(folder: string, program: string, more: Readonly<Record<string, string>>): Promise<CliProject> {
    const tools = await ensureTools(["pulumi", "pulumi-language-nodejs"], new Progress());
    await bundleDoubles(folder);
    const project = join(folder, "project");
    for (const name of ["state", "home"]) mkdirSync(join(project, name), { recursive: true });
    const files = {
      "Pulumi.yaml": "name: double\nruntime: nodejs\n",
      "package.json": JSON.stringify({ name: "double", main: "index.ts" }),
      "tsconfig.json": JSON.stringify({ extends: join(checkout, "tsconfig.pulumi.json"), include: ["index.ts"] }),
      "index.ts": program,
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(project, name), text);
    symlinkSync(join(checkout, "node_modules"), join(project, "node_modules"), "dir");
    const env = {
      ...process.env,
      PATH: [binFolder(folder), ...tools.folders, process.env["PATH"]].join(":"),
      PULUMI_BACKEND_URL: `file://${join(project, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_HOME: join(project, "home"),
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      ...more,
    };
    const made = new CliProject(project, tools.file("pulumi"), env);
    await made.run("stack", "init", "test");
    return made;
  }

  /** Runs the CLI: its stdout, or an error with all that it said. */
  run(...args: readonly string[]): Promise<string> {
    // `stack init` takes the name as its argument.
    const all = [...args, "--non-interactive", ...(args[1] === "init" ? [] : ["--stack", "test"])];
    return new Promise((resolve, reject) => {
      execFile(this.file, all, { cwd: this.folder, env: this.env, maxBuffer: 1e8 }, (error, stdout, stderr) => {
        if (error) reject(new Error(`pulumi ${all.join(" ")}\n${stdout}\n${stderr}`));
        else resolve(stdout);
      });
    });
  }

  /** What a preview would change after a refresh: `<operation> <logical name>`. */
  async drift(): Promise<string[]> {
    const { steps } = JSON.parse(await this.run("preview", "--refresh", "--json")) as {
      steps: { op: string; urn: string }[];
    };
    return steps
      .filter(({ op }) => op !== "same" && op !== "refresh")
      .map(({ op, urn }) => `${op} ${urn.split("::").at(-1) ?? ""}`);
  }

  outputs(): Promise<Record<string, string>> {
    return this.run("stack", "output", "--json", "--show-secrets").then(
      (text) => JSON.parse(text) as Record<string, string>,
    );
  }

  /** The state file, as text. */
  state(): string {
    return readFileSync(join(this.folder, "state", ".pulumi", "stacks", "double", "test.json"), "utf8");
  }

  /** Which of these texts are in the state in clear, or in base64. */
  leaks(secrets: readonly string[]): string[] {
    const state = this.state();
    const encoded = (text: string): string => Buffer.from(text).toString("base64").replace(/=+$/, "").slice(0, -1);
    return secrets.filter((text) => state.includes(text) || state.includes(encoded(text)));
  }
}
