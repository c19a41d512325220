import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { isRecord } from "@estate/clients";
import { isMap, type Json, type JsonMap } from "../framework/value";

/** One thing in the account. */
export interface Entry {
  /** The type token of the resource that it is. */
  readonly token: string;
  readonly id: string;
  /** Inputs and what the account added. */
  readonly state: JsonMap;
}

/** What the file holds. */
interface Content {
  readonly account: string;
  /** What AWS lets a new account have; a person may change these numbers in the file, as AWS would on request. */
  readonly quotas: { readonly addresses: number };
  readonly entries: readonly Entry[];
}

/** The account that a sandbox has where no configuration names one. */
export const defaultAccount = "111122223333";

/** Where a sandbox keeps its account. */
export const accountFile = (dir: string): string => join(dir, "aws", "account.json");

function read(file: string): Content | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
  const value: unknown = JSON.parse(text);
  if (!isRecord(value) || !Array.isArray(value["entries"])) throw new Error(`${file} is no account of a sandbox`);
  return value as unknown as Content;
}

/**
 * An account that lives in a file: what is made is there for the next run, too, names clash, and what others stand on cannot
 * be deleted. Read and written whole at every step, which is enough for the few hundred things of one estate.
 */
export class Account {
  constructor(
    private readonly dir: string,
    /** Where the provider works. */
    readonly region: string,
    private readonly own: string,
    /** The provider's default tags. */
    readonly tags: JsonMap = {},
  ) {}

  /** The account of a sandbox's folder, for those who only look. */
  static open(dir: string): Account {
    return new Account(dir, "", read(accountFile(dir))?.account ?? defaultAccount);
  }

  /** The folder of the sandbox. */
  get sandbox(): string {
    return this.dir;
  }

  /** Its number. */
  get id(): string {
    return this.content().account;
  }

  get quotas(): Content["quotas"] {
    return this.content().quotas;
  }

  private content(): Content {
    return read(accountFile(this.dir)) ?? { account: this.own, quotas: { addresses: 5 }, entries: [] };
  }

  private write(entries: readonly Entry[]): void {
    const file = accountFile(this.dir);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, `${JSON.stringify({ ...this.content(), entries }, undefined, 1)}\n`, { mode: 0o600 });
    renameSync(draft, file);
  }

  /** All of a kind. */
  all(token: string): readonly Entry[] {
    return this.content().entries.filter((entry) => entry.token === token);
  }

  /** Everything. */
  everything(): readonly Entry[] {
    return this.content().entries;
  }

  find(token: string, id: string): Entry | undefined {
    return this.all(token).find((entry) => entry.id === id);
  }

  put(entry: Entry): void {
    const { entries } = this.content();
    const rest = entries.filter(({ token, id }) => token !== entry.token || id !== entry.id);
    this.write([...rest, entry]);
  }

  remove(token: string, id: string): void {
    this.write(this.content().entries.filter((entry) => entry.token !== token || entry.id !== id));
  }

  /** A new id of EC2's form: `vpc-` and seventeen digits. */
  static newId(prefix: string): string {
    return `${prefix}-${randomBytes(9).toString("hex").slice(0, 17)}`;
  }

  /** `arn:aws:ec2:eu-central-1:111122223333:vpc/vpc-...` */
  arn(service: string, resource: string): string {
    return `arn:${this.partition}:${service}:${this.region}:${this.id}:${resource}`;
  }

  /** The same of a service that knows no region: IAM. */
  globalArn(service: string, resource: string): string {
    return `arn:${this.partition}:${service}::${this.id}:${resource}`;
  }

  get partition(): string {
    if (this.region.startsWith("cn-")) return "aws-cn";
    return this.region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
  }
}

/** A value deep in a state: `vpcConfig.subnetIds`. */
export function deep(state: JsonMap, path: string): Json | undefined {
  return path.split(".").reduce<Json | undefined>((value, key) => (isMap(value) ? value[key] : undefined), state);
}
