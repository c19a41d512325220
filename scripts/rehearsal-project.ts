import { checkout, type Sandbox } from "@estate/sandbox";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { copyProject } from "./project-copy";
import { pulumi } from "./pulumi-cli";

/** What a stack's settings say of the world, as a sandbox says it. */
export interface RehearsedWorld {
  readonly vault: string;
  readonly gitlab: string;
  readonly registry: string;
  /** The salt of the stack in the sandbox's backend, once it has one. */
  readonly salt?: string;
}

/**
 * A stack file with the sandbox in the place of the world: its services for those that the settings name, its passphrase for
 * the stack's own key. Nothing else is touched, so what is rehearsed is what is meant.
 */
export function rehearsedSettings(text: string, world: RehearsedWorld): string {
  const document = parseDocument(text);
  document.setIn(["config", "estate:vault", "address"], world.vault);
  document.setIn(["config", "estate:gitlab", "url"], world.gitlab);
  document.setIn(["config", "estate:registry", "url"], world.registry);
  for (const key of ["secretsprovider", "encryptedkey", "encryptionsalt"]) document.delete(key);
  if (world.salt !== undefined) document.set("encryptionsalt", world.salt);
  return document.toString({ lineWidth: 0 });
}

function saltOf(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  const salt: unknown = parseDocument(readFileSync(file, "utf8")).get("encryptionsalt");
  return typeof salt === "string" ? salt : undefined;
}

/** The folder of a stack's copy in a sandbox. */
export const rehearsalFolder = (sandboxDir: string, stack: string): string => join(sandboxDir, `project-${stack}`);

/**
 * Copies the project into the sandbox, with the settings of `stack` as the sandbox needs them, and makes the stack in the
 * sandbox's backend. The checkout stays as it is: Pulumi writes to the stack files it works with.
 */
export async function rehearsalProject(sandbox: Sandbox, stack: string, signal?: AbortSignal): Promise<string> {
  const folder = rehearsalFolder(sandbox.dir, stack);
  const file = join(folder, `Pulumi.${stack}.yaml`);
  const salt = saltOf(file);
  rmSync(folder, { recursive: true, force: true });
  copyProject(checkout, folder);
  const text = readFileSync(file, "utf8");
  const world = {
    vault: sandbox.vault.address,
    gitlab: sandbox.gitlab.url,
    registry: sandbox.harbor.url,
  };
  const write = (own: string | undefined): void =>
    writeFileSync(file, rehearsedSettings(text, own === undefined ? world : { ...world, salt: own }));
  write(salt);
  if (salt === undefined) {
    const context = { cwd: folder, env: sandbox.env(), ...(signal === undefined ? {} : { signal }) };
    const { code, output } = await pulumi(context, "stack", "init", stack);
    if (code !== 0) throw new Error(`stack ${stack} cannot be made in the sandbox:\n${output}`);
    // That writes the whole file anew, and `true` as a text: only its salt is kept.
    write(saltOf(file));
  }
  return folder;
}
