import {
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  ListObjectVersionsCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { cacheFolder, checkout, Progress } from "@estate/sandbox";
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer, request as httpRequest, type Server } from "node:http";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureTools } from "../../sandbox/toolchain/ensure";
import { copyProject } from "../../scripts/project-copy";
import { keyOf } from "../../scripts/stack-init";
import { pulumi } from "../../scripts/pulumi-cli";
import { eventually } from "../support/wait";

// `npm run init` against an emulator of S3, KMS and STS (moto): bucket, key and stack, and Pulumi's engine at work on them.

const version = "5.2.5";
const account = "111122223333";

let folder: string;
let emulator: ChildProcess | undefined;
let front: Server | undefined;
let env: Record<string, string>;

/** The emulator in an environment of its own, installed once. */
function moto(): string {
  const home = join(cacheFolder(), "python", `moto-${version}`);
  const server = join(home, "bin", "moto_server");
  if (existsSync(server)) return server;
  rmSync(home, { recursive: true, force: true });
  execFileSync("python3", ["-m", "venv", home], { stdio: "pipe" });
  execFileSync(join(home, "bin", "pip"), ["install", "--quiet", `moto[server,s3,kms,sts]==${version}`], {
    stdio: "pipe",
  });
  return server;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** The policies that were put on the bucket. */
const policies: string[] = [];

/**
 * The emulator as it is, but for bucket policies: it leaves conditions out, so that a refusal of requests without TLS would be
 * one of all. They are kept here instead.
 */
async function withoutPolicy(behind: string): Promise<Server> {
  const server = createHttpServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks);
      if (request.method === "PUT" && /[?&]policy(=|&|$)/.test(request.url ?? "")) {
        policies.push(body.toString());
        response.writeHead(204).end();
        return;
      }
      const options = { method: request.method, headers: request.headers };
      const asked = httpRequest(`${behind}${request.url ?? ""}`, options, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      });
      asked.on("error", () => response.destroy());
      asked.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

const project = (): string => join(folder, "project");
const stackText = (): string => readFileSync(join(project(), "Pulumi.prod.yaml"), "utf8");

/** Not by a call that blocks: what stands before the emulator is in this process. */
function init(...args: readonly string[]): Promise<{ readonly code: number | null; readonly output: string }> {
  const command = [join(checkout, "scripts", "init.ts"), ...args];
  const child = spawn(join(checkout, "node_modules", ".bin", "tsx"), command, { cwd: project(), env });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += String(chunk)));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output }));
  });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "estate-init-"));
  copyProject(checkout, project());
  const port = await freePort();
  const behind = `http://127.0.0.1:${String(port)}`;
  emulator = spawn(moto(), ["-H", "127.0.0.1", "-p", String(port)], {
    env: { ...process.env, MOTO_ACCOUNT_ID: account },
    stdio: "ignore",
  });
  await eventually("the emulator", 60_000, async () => {
    const seen = await fetch(`${behind}/moto-api/`).then(({ status }) => String(status), String);
    return { done: seen === "200", seen };
  });
  front = await withoutPolicy(behind);
  const url = `http://127.0.0.1:${String((front.address() as AddressInfo).port)}`;
  const tools = await ensureTools(["pulumi", "pulumi-language-nodejs"], new Progress());
  env = {
    ...Object.fromEntries(
      Object.entries(process.env).flatMap(([key, value]) =>
        value === undefined || key.startsWith("AWS_") ? [] : [[key, value]],
      ),
    ),
    AWS_ENDPOINT_URL: url,
    AWS_ENDPOINT_URL_S3: url,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_S3_USE_PATH_STYLE: "true",
    PULUMI_HOME: join(folder, "pulumi-home"),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PATH: [...tools.folders, process.env["PATH"]].join(":"),
  };
});

afterAll(async () => {
  emulator?.kill();
  await new Promise((resolve) => front?.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

const s3 = (): S3Client =>
  new S3Client({
    region: "eu-central-1",
    endpoint: env["AWS_ENDPOINT_URL"] ?? "",
    forcePathStyle: true,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });

const bucket = `acme-${account}-pulumi`;

describe("npm run init", () => {
  it("tells what it would make, and makes nothing", async () => {
    const before = stackText();
    const { code, output } = await init("--stack", "prod");
    expect(code, output).toBe(0);
    expect(output).toContain(`bucket ${bucket}: versions kept 90 days, encrypted by alias/estate-acme-prod`);
    expect(output).toContain("nothing is made yet: give --yes to make it");
    expect(stackText()).toBe(before);
  });

  it("refuses a login of another account, and a stack that is not on AWS", async () => {
    const settings = stackText();
    writeFileSync(join(project(), "Pulumi.prod.yaml"), settings.replaceAll(account, "999900001111"));
    const foreign = await init("--stack", "prod", "--yes");
    expect(foreign.code).toBe(2);
    expect(foreign.output).toContain(`this login is of account ${account}: estate:aws says 999900001111`);
    writeFileSync(join(project(), "Pulumi.prod.yaml"), settings);
    const dev = await init("--stack", "dev", "--yes");
    expect(dev.code).toBe(2);
    expect(dev.output).toContain('stack "dev" is not on AWS');
  });

  it("makes bucket, key and stack; the stack file keeps all that it had", async () => {
    const before = stackText();
    const { code, output } = await init("--stack", "prod", "--yes");
    expect(code, output).toBe(0);
    expect(output).toContain("key alias/estate-acme-prod: made");
    expect(output).toContain(`bucket ${bucket}: made`);
    expect(output).toContain("stack prod: made");
    expect(output).toContain(`export PULUMI_BACKEND_URL='s3://${bucket}/acme?region=eu-central-1'`);
    const { encryptedkey, ...rest } = keyOf(stackText());
    expect(rest).toEqual({ secretsprovider: "awskms://alias/estate-acme-prod?region=eu-central-1" });
    expect(encryptedkey).toMatch(/^[\w+/=]{80,}$/);
    expect(stackText().replace(`encryptedkey: ${encryptedkey ?? ""}\n`, "")).toBe(before);
  });

  it("makes a bucket as a state needs it", async () => {
    const client = s3();
    const Bucket = bucket;
    expect(await client.send(new GetBucketVersioningCommand({ Bucket }))).toMatchObject({ Status: "Enabled" });
    const { ServerSideEncryptionConfiguration: encryption } = await client.send(
      new GetBucketEncryptionCommand({ Bucket }),
    );
    expect(encryption?.Rules).toMatchObject([
      { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID: "alias/estate-acme-prod" } },
    ]);
    const { PublicAccessBlockConfiguration: closed } = await client.send(new GetPublicAccessBlockCommand({ Bucket }));
    expect(Object.values(closed ?? {})).toEqual([true, true, true, true]);
    expect(policies.map((policy) => JSON.parse(policy) as unknown)).toMatchObject([
      { Statement: [{ Effect: "Deny", Action: "s3:*", Condition: { Bool: { "aws:SecureTransport": "false" } } }] },
    ]);
    const { Rules } = await client.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
    expect(Rules).toMatchObject([
      {
        NoncurrentVersionExpiration: { NoncurrentDays: 90 },
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
      },
    ]);
    client.destroy();
  });

  it("run again, finds everything there and changes nothing", async () => {
    const before = stackText();
    const { code, output } = await init("--stack", "prod", "--yes");
    expect(code, output).toBe(0);
    expect(output.match(/: there already/g)).toHaveLength(3);
    expect(stackText()).toBe(before);
  });

  it("leaves Pulumi's engine a backend to work with: its secrets are in the bucket, and not in clear", async () => {
    const context = {
      cwd: project(),
      env: { ...env, PULUMI_BACKEND_URL: `s3://${bucket}/acme?region=eu-central-1` },
    };
    const secret = "a planted secret value";
    const set = await pulumi(context, "config", "set", "test:planted", secret, "--secret", "--stack", "prod");
    expect(set.code, set.output).toBe(0);
    expect(stackText()).not.toContain(secret);
    const told = await pulumi(context, "config", "get", "test:planted", "--stack", "prod");
    expect(told.stdout.trim()).toBe(secret);
    const client = s3();
    const { Versions } = await client.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: "acme/" }));
    expect(Versions?.map(({ Key }) => Key)).toContain("acme/.pulumi/stacks/estate/prod.json");
    client.destroy();
  });
});
