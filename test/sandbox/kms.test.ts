import {
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  EncryptCommand,
  GetKeyRotationStatusCommand,
  KMSClient,
  ListKeysCommand,
} from "@aws-sdk/client-kms";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { AddressInfo, Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Keys } from "../../sandbox/kms/keys";
import { kms } from "../../sandbox/kms/server";
import { ensureKey, secretsProvider, stateKey } from "../../scripts/state-key";

// The stand-in of KMS, asked by AWS' own client.

let dir: string;
let server: Server;
let client: KMSClient;
let env: Record<string, string>;

async function open(): Promise<void> {
  server = kms(new Keys(dir));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  env = { AWS_ENDPOINT_URL_KMS: endpoint, AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b" };
  client = new KMSClient({
    region: "eu-central-1",
    endpoint,
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
    maxAttempts: 1,
  });
}

async function close(): Promise<void> {
  client.destroy();
  await new Promise((resolve) => server.close(resolve));
}

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "estate-kms-"));
  await open();
});
afterEach(async () => {
  await close();
  rmSync(dir, { recursive: true });
});

const key = { alias: "alias/estate-acme-prod", region: "eu-central-1" };
const Plaintext = Buffer.from("the key of a state");

describe("the stand-in of KMS", () => {
  it("makes a key once, which renews itself", async () => {
    expect(await ensureKey(key, "a test", env)).toBe(true);
    expect(await ensureKey(key, "a test", env)).toBe(false);
    const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId: key.alias }));
    expect(KeyMetadata?.Arn).toMatch(/^arn:aws:kms:eu-central-1:111122223333:key\/[0-9a-f-]{36}$/);
    const rotation = await client.send(new GetKeyRotationStatusCommand({ KeyId: key.alias }));
    expect(rotation.KeyRotationEnabled).toBe(true);
  });

  it("reads what it encrypted, after a restart, too, and keeps none of it", async () => {
    await ensureKey(key, "a test", env);
    const { CiphertextBlob } = await client.send(new EncryptCommand({ KeyId: key.alias, Plaintext }));
    expect(readFileSync(join(dir, "kms.json"), "utf8")).not.toContain(Plaintext.toString("base64"));
    await close();
    await open();
    for (const KeyId of [key.alias, undefined]) {
      const read = await client.send(new DecryptCommand({ CiphertextBlob, KeyId }));
      expect(Buffer.from(read.Plaintext ?? []).toString()).toBe(Plaintext.toString());
    }
  });

  it("refuses as KMS does", async () => {
    await ensureKey(key, "a test", env);
    await ensureKey({ ...key, alias: "alias/other" }, "a test", env);
    const { CiphertextBlob } = await client.send(new EncryptCommand({ KeyId: key.alias, Plaintext }));
    const whole = Buffer.from(CiphertextBlob ?? []);
    const broken = Buffer.concat([whole.subarray(0, -4), Buffer.alloc(4)]);
    const refused = (name: string) => expect.objectContaining({ name }) as Error;
    await expect(client.send(new EncryptCommand({ KeyId: "alias/none", Plaintext }))).rejects.toEqual(
      refused("NotFoundException"),
    );
    await expect(client.send(new DecryptCommand({ KeyId: "alias/other", CiphertextBlob }))).rejects.toEqual(
      refused("IncorrectKeyException"),
    );
    await expect(client.send(new DecryptCommand({ CiphertextBlob: broken }))).rejects.toEqual(
      refused("InvalidCiphertextException"),
    );
    const { KeyMetadata } = await client.send(new CreateKeyCommand({}));
    const again = new CreateAliasCommand({ AliasName: key.alias, TargetKeyId: KeyMetadata?.KeyId });
    await expect(client.send(again)).rejects.toEqual(refused("AlreadyExistsException"));
    await expect(client.send(new ListKeysCommand({}))).rejects.toEqual(refused("UnknownOperationException"));
    const unsigned = await fetch(env["AWS_ENDPOINT_URL_KMS"] ?? "", {
      method: "POST",
      headers: { "x-amz-target": "TrentService.Encrypt" },
      body: "{}",
    });
    expect(await unsigned.json()).toMatchObject({ __type: "MissingAuthenticationTokenException" });
  });
});

it.each([
  ["awskms://alias/estate-acme-prod?region=eu-central-1", key],
  ["awskms://alias/estate-acme-prod", undefined],
  ["awskms:///arn:aws:kms:eu-central-1:1:key/2?region=eu-central-1", undefined],
  ["passphrase", undefined],
])("%s names a key of the sandbox or none", (provider, wanted) => {
  expect(stateKey(provider)).toEqual(wanted);
  if (wanted !== undefined) expect(secretsProvider(wanted)).toBe(provider);
});
