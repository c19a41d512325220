import { checkout, start, type Sandbox, type StartOptions } from "@estate/sandbox";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { estateNames, inventory, type Found } from "../inventory";
import { copyProject } from "../project-copy";
import { changes, nameOf, pulumi, type PulumiContext, type PulumiResult } from "../pulumi-cli";

function replaceIn(file: string, find: string | RegExp, replacement: string): void {
  const text = readFileSync(file, "utf8");
  if (text.search(find) < 0 && !text.includes(String(find)))
    throw new Error(`nothing in ${file} matches ${String(find)}`);
  writeFileSync(file, text.replace(find, replacement));
}

/** The variables by which a run finds Vault, GitLab and Harbor. */
const serviceVariables = /^(VAULT|GITLAB|HARBOR)_/;

/**
 * The engine writes the state once, when a command ends, and not at each step: that is two thirds of an `up` of this size. A
 * run that fails still writes it; only one that is killed would lose it, and no test kills Pulumi itself.
 */
const stateAtTheEnd = { PULUMI_SKIP_CHECKPOINTS: "true" } as const;

/** A copy of the project with tenants of the test's own, and a sandbox of its own to raise it in. */
export class TestProject {
  private constructor(
    readonly folder: string,
    readonly dir: string,
    readonly sandbox: Sandbox,
    /** Whose Vault, GitLab and Harbor it uses. */
    private readonly services: Sandbox,
  ) {}

  /**
   * Starts it; the example tenants are taken out. With `services` its Vault, GitLab and Harbor are those of another
   * sandbox, and only the clusters are its own.
   */
  static async start({
    services,
    ...options
  }: Pick<StartOptions, "gitlabEdition"> & { readonly services?: Sandbox } = {}): Promise<TestProject> {
    const folder = mkdtempSync(join(tmpdir(), "estate-e2e-"));
    const dir = join(folder, "project");
    copyProject(checkout, dir);
    for (const file of readdirSync(join(dir, "tenants")))
      if (file.endsWith(".yaml")) rmSync(join(dir, "tenants", file));
    // The real plugins are used where a person asks for it; CI behind a closed network has only the doubles.
    const plugins = process.env["ESTATE_TEST_PLUGINS"] === "real" ? "real" : "doubles";
    // Credentials that ended would be refused: those of the committed file end one day.
    replaceIn(join(dir, "Pulumi.dev.yaml"), /issued: "[^"]*"/, `issued: "${new Date().toISOString().slice(0, 10)}"`);
    const sandbox = await start({ ...options, dir: join(folder, "sandbox"), plugins });
    return new TestProject(folder, dir, sandbox, services ?? sandbox);
  }

  /** Writes a tenant file; the keys besides the required ones are YAML lines. */
  tenant(name: string, ...lines: readonly string[]): void {
    const text = ["schema: 1", `displayName: ${name}`, `owner: { email: ${name}@example.com }`, ...lines, ""].join(
      "\n",
    );
    writeFileSync(join(this.dir, "tenants", `${name}.yaml`), text);
  }

  removeTenant(name: string): void {
    rmSync(join(this.dir, "tenants", `${name}.yaml`));
  }

  /** Changes the stack file by a replacement that must match. */
  settings(find: string | RegExp, replacement: string): void {
    replaceIn(join(this.dir, "Pulumi.dev.yaml"), find, replacement);
  }

  get context(): PulumiContext {
    const shared = Object.entries(this.services.env()).filter(([name]) => serviceVariables.test(name));
    return { cwd: this.dir, env: { ...this.sandbox.env(), ...Object.fromEntries(shared), ...stateAtTheEnd } };
  }

  pulumi(...args: readonly string[]): Promise<PulumiResult> {
    return pulumi(this.context, ...args, "--stack", "dev");
  }

  /** Runs it and insists on success, telling what was printed otherwise. */
  async succeed(...args: readonly string[]): Promise<PulumiResult> {
    const result = await this.pulumi(...args);
    if (result.code !== 0)
      throw new Error(`pulumi ${args.join(" ")} ended with ${String(result.code)}:\n${result.output.slice(-6000)}`);
    return result;
  }

  /** What a preview would change: `<operation> <logical name>`, sorted. */
  async previewed(): Promise<string[]> {
    const { stdout } = await this.succeed("preview", "--json");
    return changes(stdout)
      .map(({ op, urn }) => `${op} ${nameOf(urn)}`)
      .sort();
  }

  /** What the back ends hold of this estate. Its parent group can be named by number: a path is lost with the group. */
  inventory(parent?: number): Promise<Found[]> {
    const { vault, gitlab, harbor } = this.services;
    const names = estateNames(this.dir, "dev");
    return inventory(
      { ...this.sandbox, vault, gitlab, harbor },
      { ...names, ...(parent === undefined ? {} : { parent }) },
    );
  }

  /** The state file of the stack. */
  state(): string {
    return readFileSync(join(this.sandbox.dir, "pulumi", ".pulumi", "stacks", "estate", "dev.json"), "utf8");
  }

  /** Address and id of every resource in the state: its ciphertexts differ at each writing. */
  resources(): string[] {
    const { checkpoint } = JSON.parse(this.state()) as {
      readonly checkpoint: {
        readonly latest: { readonly resources: readonly { readonly urn: string; readonly id?: string }[] };
      };
    };
    return checkpoint.latest.resources.map(({ urn, id }) => `${urn} ${id ?? ""}`).sort();
  }

  async end(): Promise<void> {
    await this.sandbox.destroy();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
