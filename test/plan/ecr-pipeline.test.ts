import { execFile } from "node:child_process";
import { createHash, createHmac } from "node:crypto";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ecrSettings } from "../support/ecr";
import { plan } from "../support/fixtures";

// The application's pipeline as it stands in the file, run by a shell with the real curl. AWS is a server of this test: it
// takes GitLab's token for keys, and counts the signature after. Instead of buildah stands a program that writes down.

const keys = { AccessKeyId: "ASIAMADE", SecretAccessKey: "made/secret+key", SessionToken: "made/session+token==" };
const password = "made-password";
const login = Buffer.from(`AWS:${password}`).toString("base64");
const jobToken = "header.made-job-token.signature";

interface Asked {
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

let folder: string;
let server: Server;
let asked: Record<string, Asked>;

const hash = (text: string): string => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();

/** The signature of a request by AWS' rules (SigV4), counted from the keys: what is signed is what arrived. */
function signature({ headers, body }: Asked): {
  readonly said: string;
  readonly counted: string;
  readonly signed: string;
} {
  const said = String(headers.authorization);
  const [, scope = "", signed = "", given = ""] =
    /Credential=ASIAMADE\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]+)/.exec(said) ?? [];
  const canonical = signed.split(";").map((name) => `${name}:${String(headers[name]).trim()}\n`);
  const request = ["POST", "/", "", canonical.join(""), signed, hash(body)].join("\n");
  const [day = "", region = "", service = "", end = ""] = scope.split("/");
  const text = ["AWS4-HMAC-SHA256", String(headers["x-amz-date"]), scope, hash(request)].join("\n");
  const key = [region, service, end].reduce(hmac, hmac(`AWS4${keys.SecretAccessKey}`, day));
  return { said: given, counted: hmac(key, text).toString("hex"), signed };
}

function program(name: string, lines: readonly string[]): void {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${lines.join("\n")}\n`);
  chmodSync(file, 0o755);
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "estate-pipeline-"));
  asked = {};
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const toSts = body.includes("AssumeRoleWithWebIdentity");
      asked[toSts ? "sts" : "ecr"] = { headers: request.headers, body };
      const answer = toSts
        ? {
            AssumeRoleWithWebIdentityResponse: {
              AssumeRoleWithWebIdentityResult: { Credentials: keys, Provider: "g" },
            },
          }
        : { authorizationData: [{ authorizationToken: login, expiresAt: 1, proxyEndpoint: "https://e" }] };
      const refused = toSts && !body.includes(encodeURIComponent(jobToken));
      response.writeHead(refused ? 403 : 200).end(JSON.stringify(refused ? { Error: "AccessDenied" } : answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const there = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
  // The real curl, with another address: and what stands in its arguments, which anybody on the runner reads.
  program("curl", [
    `echo "$@" >> ${folder}/arguments`,
    'last=""; for each in "$@"; do last="$each"; done',
    `echo "$last" >> ${folder}/addresses`,
    'count=$#; while [ "$count" -gt 1 ]; do first="$1"; shift; set -- "$@" "$first"; count=$((count - 1)); done; shift',
    `PATH="${process.env["PATH"] ?? ""}" exec curl "$@" ${there}`,
  ]);
  program("buildah", [`echo "$@" >> ${folder}/built`, `[ "$1" = login ] && cat > ${folder}/password || true`]);
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

interface Job {
  readonly id_tokens: Readonly<Record<string, { readonly aud: string }>>;
  readonly before_script: readonly string[];
  readonly script: readonly string[];
  readonly rules: readonly { readonly if: string }[];
}

const job = (): Job => {
  const file = plan([], ecrSettings()).pipelines["application.yml"] ?? "";
  return (parse(file, { merge: true }) as { readonly build: Job }).build;
};

function run(env: Readonly<Record<string, string>> = {}): Promise<{ readonly code: number; readonly output: string }> {
  const { before_script: before, script } = job();
  return new Promise((resolve) => {
    execFile(
      "/bin/sh",
      ["-euc", [...before, ...script].join("\n")],
      {
        cwd: folder,
        env: {
          PATH: [folder, process.env["PATH"] ?? ""].join(delimiter),
          CI_PROJECT_NAMESPACE: "platform/tenants/payments",
          CI_PROJECT_NAME: "checkout",
          CI_PIPELINE_ID: "77",
          CI_PIPELINE_IID: "12",
          AWS_ID_TOKEN: jobToken,
          ...env,
        },
      },
      (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code ?? 1), output: stdout + stderr }),
    );
  });
}

const told = (name: string): string[] => readFileSync(join(folder, name), "utf8").trim().split("\n");

describe("the pipeline of an application whose images are in ECR", () => {
  it("proves its project and branch by GitLab's own signature, for AWS and nobody else", () => {
    expect(job().id_tokens).toEqual({ AWS_ID_TOKEN: { aud: "sts.amazonaws.com" } });
    expect(job().rules).toEqual([{ if: '$CI_COMMIT_BRANCH == "main" && $CI_COMMIT_REF_PROTECTED == "true"' }]);
  });

  it("becomes the tenant's role, logs in, and pushes below the tenant's name", async () => {
    expect(await run()).toMatchObject({ code: 0 });
    expect(told("addresses")).toEqual([
      "https://sts.eu-central-1.amazonaws.com/",
      "https://api.ecr.eu-central-1.amazonaws.com/",
    ]);
    const fields = new URLSearchParams(asked["sts"]?.body);
    expect(Object.fromEntries(fields)).toEqual({
      Action: "AssumeRoleWithWebIdentity",
      Version: "2011-06-15",
      DurationSeconds: "3600",
      RoleSessionName: "pipeline-77",
      RoleArn: "arn:aws:iam::111122223333:role/acme-ci.payments",
      WebIdentityToken: jobToken,
    });
    expect(readFileSync(join(folder, "password"), "utf8").trim()).toBe(password);
    const host = "111122223333.dkr.ecr.eu-central-1.amazonaws.com";
    const image = `${host}/acme/payments/checkout:0.1.0-12`;
    expect(told("built")).toEqual([
      `login --username AWS --password-stdin ${host}`,
      `build --tag ${image} .`,
      `push ${image}`,
    ]);
  });

  it("signs its request as AWS counts it, the session's token with it", async () => {
    await run();
    const own = asked["ecr"];
    if (own === undefined) throw new Error("ECR was not asked");
    expect(own.headers["x-amz-target"]).toBe("AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken");
    expect(own.headers["x-amz-security-token"]).toBe(keys.SessionToken);
    const { said, counted, signed } = signature(own);
    expect(said).toBe(counted);
    expect(signed.split(";")).toEqual(expect.arrayContaining(["host", "x-amz-date", "x-amz-security-token"]));
  });

  it("pushes further images that the project names, each from a file of its own", async () => {
    await run({ IMAGES: "worker migrate" });
    const image = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/acme/payments/checkout";
    expect(told("built").slice(3)).toEqual([
      `build --file Dockerfile.worker --tag ${image}/worker:0.1.0-12 .`,
      `push ${image}/worker:0.1.0-12`,
      `build --file Dockerfile.migrate --tag ${image}/migrate:0.1.0-12 .`,
      `push ${image}/migrate:0.1.0-12`,
    ]);
  });

  it("shows no secret in an argument", async () => {
    const { output } = await run();
    const seen = [...told("arguments"), ...told("built"), output].join("\n");
    for (const secret of [jobToken, keys.SecretAccessKey, keys.SessionToken, login, password])
      expect(seen).not.toContain(secret);
  });

  it("ends where AWS does not take its token", async () => {
    const { code, output } = await run({ AWS_ID_TOKEN: "of-another-branch" });
    expect(code).not.toBe(0);
    expect(output).toContain("403");
    expect(asked["ecr"]).toBeUndefined();
  });
});
