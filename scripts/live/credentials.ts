import type { VaultClient } from "@estate/clients";
import { isRecord } from "@estate/clients";
import { deliverySecret, pipelineFolder, pipelineSecret, secretFolder } from "../../model/names";
import { OciClient } from "./oci-client";
import type { Login } from "./gitlab";

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** What an estate keeps in Vault for its tenants, and clients that log in with it. */
export class Credentials {
  constructor(
    private readonly vault: VaultClient,
    private readonly registry: string,
    private readonly estate = "acme",
  ) {}

  /** What is kept at a path of the estate's mount. */
  async kept(path: string): Promise<Readonly<Record<string, string>>> {
    const data = (await this.vault.read(`${this.estate}/data/${path}`))?.data["data"];
    if (!isRecord(data)) throw new Error(`nothing is kept at ${path}`);
    return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, text(value)]));
  }

  /** What pipelines of a tenant hold. */
  ofPipelines(tenant: string): Promise<Readonly<Record<string, string>>> {
    return this.kept(`${pipelineFolder(tenant)}/${pipelineSecret}`);
  }

  /** What delivery to a tenant's environment holds. */
  ofDelivery(tenant: string, environment: string): Promise<Readonly<Record<string, string>>> {
    return this.kept(`${secretFolder(tenant, environment)}/${deliverySecret}`);
  }

  /** How Flux reads the repository of an environment. */
  async git(tenant: string, environment: string): Promise<Login> {
    const { username = "", password = "" } = await this.ofDelivery(tenant, environment);
    return { username, password };
  }

  /** The registry as a tenant's pipelines log in to it. */
  async pushing(tenant: string): Promise<OciClient> {
    const { username = "", password = "" } = await this.ofPipelines(tenant);
    return new OciClient(this.registry, { username, password });
  }

  /** The registry as the nodes of an environment's clusters log in to it. */
  async pulling(tenant: string, environment: string): Promise<OciClient> {
    const { dockerconfigjson = "{}" } = await this.ofDelivery(tenant, environment);
    const { auths = {} } = JSON.parse(dockerconfigjson) as { readonly auths?: Readonly<Record<string, Login>> };
    const [login] = Object.values(auths);
    if (login === undefined) throw new Error(`no login to the registry is kept for ${tenant} in ${environment}`);
    return new OciClient(this.registry, login);
  }

  /** Logs in to Vault by a token of a cluster or a pipeline; gives a client, or Vault's refusal. */
  async login(mount: string, role: string, jwt: string): Promise<VaultClient> {
    const { auth } = (await this.vault.withToken(undefined).write(`auth/${mount}/login`, { role, jwt })) ?? {};
    return this.vault.withToken(text(auth?.["client_token"]));
  }
}
