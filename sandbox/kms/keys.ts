import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A refusal of KMS: the name of the error, and what it says. */
export class KmsRefusal extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

interface Key {
  readonly id: string;
  /** Base64. */
  readonly material: string;
  readonly rotated: boolean;
}

interface Account {
  readonly keys: readonly Key[];
  /** Key ids by alias. */
  readonly aliases: Readonly<Record<string, string>>;
}

/** The account and region that the stand-in's names have: those of the double of aws. */
const prefix = "arn:aws:kms:eu-central-1:111122223333:";

const algorithm = "aes-256-gcm";
const ivBytes = 12;
const tagBytes = 16;

/** The keys of the sandbox's account, in a file: what they encrypted can be read after a restart. */
export class Keys {
  private readonly file: string;

  constructor(dir: string) {
    this.file = join(dir, "kms.json");
  }

  create(): { readonly id: string; readonly arn: string } {
    const { keys, aliases } = this.read();
    const key = { id: randomUUID(), material: randomBytes(32).toString("base64"), rotated: false };
    this.write({ keys: [...keys, key], aliases });
    return described(key);
  }

  alias(name: string, target: string): void {
    const { keys, aliases } = this.read();
    if (!/^alias\/[a-zA-Z0-9/_-]+$/.test(name)) throw new KmsRefusal("ValidationException", `${name} is no alias`);
    if (Object.hasOwn(aliases, name))
      throw new KmsRefusal("AlreadyExistsException", `An alias with the name ${prefix}${name} already exists`);
    this.write({ keys, aliases: { ...aliases, [name]: this.find(target).id } });
  }

  rotate(id: string): void {
    const { keys, aliases } = this.read();
    const { id: own } = this.find(id);
    this.write({ keys: keys.map((key) => (key.id === own ? { ...key, rotated: true } : key)), aliases });
  }

  describe(id: string): { readonly id: string; readonly arn: string; readonly rotated: boolean } {
    const key = this.find(id);
    return { ...described(key), rotated: key.rotated };
  }

  encrypt(id: string, plain: Buffer): { readonly arn: string; readonly blob: Buffer } {
    const key = this.find(id);
    const iv = randomBytes(ivBytes);
    const cipher = createCipheriv(algorithm, Buffer.from(key.material, "base64"), iv);
    const inside = Buffer.concat([cipher.update(plain), cipher.final()]);
    return { arn: described(key).arn, blob: Buffer.concat([Buffer.from(key.id), iv, cipher.getAuthTag(), inside]) };
  }

  /** The key is named in what it encrypted; one that the caller names must be the same. */
  decrypt(blob: Buffer, id?: string): { readonly arn: string; readonly plain: Buffer } {
    const own = blob.subarray(0, 36).toString();
    const key = this.read().keys.find((each) => each.id === own);
    if (key === undefined) throw new KmsRefusal("InvalidCiphertextException", "");
    if (id !== undefined && this.find(id).id !== own)
      throw new KmsRefusal(
        "IncorrectKeyException",
        "The key ID in the request does not identify a CMK that can perform this operation.",
      );
    const body = blob.subarray(36);
    const decipher = createDecipheriv(algorithm, Buffer.from(key.material, "base64"), body.subarray(0, ivBytes));
    decipher.setAuthTag(body.subarray(ivBytes, ivBytes + tagBytes));
    try {
      const plain = Buffer.concat([decipher.update(body.subarray(ivBytes + tagBytes)), decipher.final()]);
      return { arn: described(key).arn, plain };
    } catch {
      throw new KmsRefusal("InvalidCiphertextException", "");
    }
  }

  /** By id, ARN, alias, or the alias' ARN. */
  private find(name: string): Key {
    const { keys, aliases } = this.read();
    const short = name.replace(/^arn:aws:kms:[^:]+:[^:]+:(key\/)?/, "");
    const id = short.startsWith("alias/") ? aliases[short] : short;
    const found = keys.find((key) => key.id === id);
    if (found !== undefined) return found;
    const what = short.startsWith("alias/") ? `Alias ${prefix}${short}` : `Key '${prefix}key/${short}'`;
    throw new KmsRefusal("NotFoundException", `${what} is not found.`);
  }

  private read(): Account {
    if (!existsSync(this.file)) return { keys: [], aliases: {} };
    return JSON.parse(readFileSync(this.file, "utf8")) as Account;
  }

  private write(account: Account): void {
    writeFileSync(`${this.file}.new`, JSON.stringify(account), { mode: 0o600 });
    renameSync(`${this.file}.new`, this.file);
  }
}

const described = ({ id }: Key): { readonly id: string; readonly arn: string } => ({ id, arn: `${prefix}key/${id}` });
