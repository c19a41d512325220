import { checkout, type Sandbox } from "@estate/sandbox";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { stackFile, stacksOf } from "../config/stack-file";
import { copyProject } from "./project-copy";
import { pulumi } from "./pulumi-cli";

/** What a stack's settings say of the world, as a sandbox says it; a stack of tenants says nothing of it. */
export interface RehearsedWorld {
  readonly vault?: string;
  readonly gitlab?: string;
  readonly registry?: string;
  /** The salt of the stack in the sandbox's backend, once it has one. */
  readonly salt?: string;
}

/**
 * A stack file with the sandbox in the place of the world: its services for those that the settings name, its passphrase for
 * the stack's own key. Nothing else is touched, so what is rehearsed is what is meant.
 */
export function rehearsedSettings(text: string, world: RehearsedWorld): string {
  const document = parseDocument(text);
  const addresses = [
    ["estate:vault", "address", world.vault],
    ["estate:gitlab", "url", world.gitlab],
    ["estate:registry", "url", world.registry],
  ] as const;
  for (const [key, field, address] of addresses)
    if (address !== undefined) document.setIn(["config", key, field], address);
  for (const key of ["secretsprovider", "encryptedkey", "encryptionsalt"]) document.delete(key);
  if (world.salt !== undefined) document.set("encryptionsalt", world.salt);
  return document.toString({ lineWidth: 0 });
}

function saltOf(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  const salt: unknown = parseDocument(readFileSync(file, "utf8")).get("encryptionsalt");
  return typeof salt === "string" ? salt : undefined;
}

/** The stacks that raise tenants of a platform, as the stack files of a project say. */
export function tenantStacksOf(projectDir: string, platform: string): string[] {
  return stacksOf(projectDir).filter((name) => {
    const document = parseDocument(readFileSync(join(projectDir, stackFile(name)), "utf8"));
    return (
      document.getIn(["config", "estate:scope"]) === "tenants" &&
      document.getIn(["config", "estate:platform"]) === platform
    );
  });
}

/** A project's copy in a sandbox. */
export interface RehearsalProject {
  readonly folder: string;
  /** The stacks to raise, in order: a platform's, and those of its tenants. */
  readonly stacks: readonly string[];
}

/**
 * Copies the project into the sandbox, with the settings of `stack` as the sandbox needs them, and makes the stack in the
 * sandbox's backend; those of its tenants, too. The checkout stays as it is: Pulumi writes to the stack files it works with.
 */
export async function rehearsalProject(
  sandbox: Sandbox,
  stack: string,
  signal?: AbortSignal,
): Promise<RehearsalProject> {
  const folder = join(sandbox.dir, `project-${stack}`);
  const stacks = [stack, ...tenantStacksOf(checkout, stack)];
  const salts = new Map(stacks.map((name) => [name, saltOf(join(folder, stackFile(name)))]));
  rmSync(folder, { recursive: true, force: true });
  copyProject(checkout, folder);
  const world = { vault: sandbox.vault.address, gitlab: sandbox.gitlab.url, registry: sandbox.harbor.url };
  const context = { cwd: folder, env: sandbox.env(), ...(signal === undefined ? {} : { signal }) };
  for (const name of stacks) {
    const file = join(folder, stackFile(name));
    const text = readFileSync(file, "utf8");
    const write = (salt: string | undefined): void =>
      writeFileSync(
        file,
        rehearsedSettings(text, { ...(name === stack ? world : {}), ...(salt === undefined ? {} : { salt }) }),
      );
    write(salts.get(name));
    if (salts.get(name) !== undefined) continue;
    const { code, output } = await pulumi(context, "stack", "init", name);
    if (code !== 0) throw new Error(`stack ${name} cannot be made in the sandbox:\n${output}`);
    // That writes the whole file anew, and `true` as a text: only its salt is kept.
    write(saltOf(file));
  }
  return { folder, stacks };
}
