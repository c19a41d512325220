import { JsonServer, type JsonAnswer, type JsonRequestOptions } from "./json";
import { isRecord } from "./manifest";

/** Vault answered with a refusal. */
export class VaultStatusError extends Error {
  override readonly name = "VaultStatusError";
  constructor(
    readonly status: number,
    readonly errors: readonly string[],
    what: string,
  ) {
    super(`${what}: ${status}${errors.length === 0 ? "" : ` ${errors.join("; ")}`}`);
  }
}

/** What `sys/health` says, whatever the state: a sealed Vault answers too. */
export interface VaultHealth {
  readonly status: number;
  readonly initialized: boolean;
  readonly sealed: boolean;
  readonly version: string | undefined;
}

/** The part of an answer that reads and writes share. */
export interface VaultSecret {
  readonly data: Readonly<Record<string, unknown>>;
  readonly auth: Readonly<Record<string, unknown>> | undefined;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A small Vault client over plain JSON; paths are without the leading `/v1/`. */
export class VaultClient {
  private readonly server: JsonServer;

  constructor(
    readonly address: string,
    token?: string,
    private readonly options: { readonly caCert?: string; readonly namespace?: string } = {},
  ) {
    const { caCert, namespace } = options;
    const headers = {
      "x-vault-request": "true",
      ...(token === undefined ? {} : { "x-vault-token": token }),
      ...(namespace === undefined ? {} : { "x-vault-namespace": namespace }),
    };
    this.server = new JsonServer(address, headers, caCert);
  }

  /** The same Vault, spoken to with another token (`undefined`: with none). */
  withToken(token: string | undefined): VaultClient {
    return new VaultClient(this.address, token, this.options);
  }

  /** The answer, whatever it is: only a connection that fails throws. */
  request(method: string, path: string, body?: unknown, options: JsonRequestOptions = {}): Promise<JsonAnswer> {
    return this.server.request(method, `v1/${path.replace(/^\//, "")}`, body, options);
  }

  /** `undefined` when there is nothing at the path (404). */
  async read(path: string): Promise<VaultSecret | undefined> {
    return this.secret("GET", path, undefined);
  }

  /** The answer's data, if it has any (a login has `auth`). */
  async write(path: string, data: Readonly<Record<string, unknown>> = {}): Promise<VaultSecret | undefined> {
    const answer = await this.request("POST", path, data);
    return toSecret("POST", path, answer);
  }

  async delete(path: string): Promise<void> {
    await this.secret("DELETE", path, undefined);
  }

  /** The keys under a path; an empty list when there are none. */
  async list(path: string): Promise<readonly string[]> {
    // Vault takes this for LIST, a method that not everything between here and there lets through.
    const secret = await this.secret("GET", `${path}?list=true`, undefined);
    const keys = secret?.data["keys"];
    return Array.isArray(keys) ? keys.filter((key) => typeof key === "string") : [];
  }

  async health(timeoutMs = 5_000): Promise<VaultHealth> {
    const { status, body } = await this.request("GET", "sys/health", undefined, { timeoutMs });
    const seen = isRecord(body) ? body : {};
    const version = typeof seen["version"] === "string" ? seen["version"] : undefined;
    return { status, initialized: seen["initialized"] === true, sealed: seen["sealed"] !== false, version };
  }

  /** Closes the kept connections. */
  close(): void {
    this.server.close();
  }

  private async secret(method: string, path: string, body: unknown): Promise<VaultSecret | undefined> {
    const answer = await this.request(method, path, body);
    // Vault says 404 with an empty error list for "nothing here", and with words for a path no engine serves.
    if (answer.status === 404 && errorsOf(answer.body).length === 0) return undefined;
    return toSecret(method, path, answer);
  }
}

function toSecret(method: string, path: string, answer: JsonAnswer): VaultSecret | undefined {
  if (answer.status >= 400) throw new VaultStatusError(answer.status, errorsOf(answer.body), `${method} ${path}`);
  if (!isRecord(answer.body)) return undefined;
  const { data, auth } = answer.body;
  return { data: isRecord(data) ? data : {}, auth: isRecord(auth) ? auth : undefined, body: answer.body };
}

function errorsOf(body: unknown): readonly string[] {
  const errors = isRecord(body) ? body["errors"] : undefined;
  return Array.isArray(errors) ? errors.map(String) : [];
}
