import { isRecord, VaultClient } from "@estate/clients";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { ensureTools, silent } from "../../../sandbox";
import { awaitReady, launch } from "../../../sandbox/part";
import { choosePorts } from "../../../sandbox/ports";
import { endProcess, type ProcessIdentity } from "../../../sandbox/process";

/** What a step of a Job printed, and how it ended. */
export interface Ended {
  readonly code: number;
  readonly output: string;
}

/**
 * Two real Vaults: one that is nobody's yet and opens itself, and one whose only use is to be its seal, in the place of a
 * cloud's key service.
 */
export class FreshVault {
  private readonly running: ProcessIdentity[] = [];

  private constructor(
    readonly folder: string,
    readonly address: string,
    private readonly vault: string,
  ) {}

  /** Starts both. The new one is not initialised. */
  static async start(): Promise<FreshVault> {
    const folder = mkdtempSync(join(tmpdir(), "estate-vault-"));
    const tools = await ensureTools(["vault"], silent);
    const ports = await choosePorts(["seal", "sealCluster", "own", "ownCluster"], folder, {});
    const address = `http://127.0.0.1:${String(ports.own)}`;
    const made = new FreshVault(folder, address, tools.file("vault"));
    try {
      const seal = `http://127.0.0.1:${String(ports.seal)}`;
      await made.run("seal", ports.seal, ports.sealCluster, {});
      const token = await openSeal(seal);
      await made.run("own", ports.own, ports.ownCluster, {
        seal: {
          transit: { address: seal, mount_path: "transit/", key_name: "unseal", token, disable_renewal: "true" },
        },
      });
    } catch (thrown) {
      await made.end();
      throw thrown;
    }
    return made;
  }

  client(token?: string): VaultClient {
    return new VaultClient(this.address, token);
  }

  /** Runs a script as its container would: one shell, these variables, and the commands of its image. */
  step(script: string, env: Readonly<Record<string, string>>): Promise<Ended> {
    const path = [dirname(this.vault), process.env["PATH"] ?? ""].join(delimiter);
    return new Promise((resolve) => {
      execFile(
        "/bin/sh",
        ["-euc", script],
        { env: { PATH: path, HOME: this.folder, VAULT_ADDR: this.address, ...env } },
        (error, stdout, stderr) => {
          const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
          resolve({ code, output: stdout + stderr });
        },
      );
    });
  }

  async end(): Promise<void> {
    for (const process of this.running.reverse()) await endProcess(process, 20_000);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async run(name: string, port: number, clusterPort: number, more: object): Promise<void> {
    const folder = join(this.folder, name);
    mkdirSync(folder, { recursive: true });
    const address = `http://127.0.0.1:${String(port)}`;
    const config = join(folder, "config.json");
    writeFileSync(
      config,
      JSON.stringify({
        storage: { file: { path: join(folder, "data") } },
        listener: {
          tcp: {
            address: `127.0.0.1:${String(port)}`,
            cluster_address: `127.0.0.1:${String(clusterPort)}`,
            tls_disable: true,
          },
        },
        api_addr: address,
        disable_mlock: true,
        log_level: "warn",
        ...more,
      }),
    );
    const part = {
      name: `vault-${name}`,
      file: this.vault,
      args: ["server", `-config=${config}`],
      env: { VAULT_ADDR: address },
      awaited: "an answer",
      boundMs: 60_000,
      look: async () => {
        await new VaultClient(address).health();
        return undefined;
      },
    };
    const started = launch(this.folder, part);
    this.running.push(started);
    await awaitReady(this.folder, part, started);
  }
}

/** Opens the Vault that is a seal; gives the token that may use its one key. */
async function openSeal(address: string): Promise<string> {
  const client = new VaultClient(address);
  const { body } = await client.request("PUT", "sys/init", { secret_shares: 1, secret_threshold: 1 });
  const said = isRecord(body) ? body : {};
  const keys: unknown = said["keys"];
  await client.write("sys/unseal", { key: Array.isArray(keys) ? String(keys[0]) : "" });
  const token = String(said["root_token"]);
  const root = client.withToken(token);
  await root.write("sys/mounts/transit", { type: "transit" });
  await root.write("transit/keys/unseal", {});
  client.close();
  return token;
}
