import { isRecord } from "@estate/clients";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { KmsRefusal, type Keys } from "./keys";

type Fields = Readonly<Record<string, unknown>>;

function textOf(fields: Fields, key: string): string {
  const value = fields[key];
  if (typeof value !== "string" || value === "") throw new KmsRefusal("ValidationException", `${key} is required`);
  return value;
}

const bytesOf = (fields: Fields, key: string): Buffer => Buffer.from(textOf(fields, key), "base64");

const metadata = ({ id, arn }: { readonly id: string; readonly arn: string }): Fields => ({
  KeyMetadata: { KeyId: id, Arn: arn, Enabled: true, KeyState: "Enabled", KeyUsage: "ENCRYPT_DECRYPT" },
});

/** What Pulumi's secrets provider and `npm run init` ask of KMS, by the name of the operation. */
const operations: Readonly<Record<string, (keys: Keys, fields: Fields) => Fields>> = {
  CreateKey: (keys) => metadata(keys.create()),
  CreateAlias: (keys, fields) => {
    keys.alias(textOf(fields, "AliasName"), textOf(fields, "TargetKeyId"));
    return {};
  },
  DescribeKey: (keys, fields) => metadata(keys.describe(textOf(fields, "KeyId"))),
  EnableKeyRotation: (keys, fields) => {
    keys.rotate(textOf(fields, "KeyId"));
    return {};
  },
  GetKeyRotationStatus: (keys, fields) => ({ KeyRotationEnabled: keys.describe(textOf(fields, "KeyId")).rotated }),
  Encrypt: (keys, fields) => {
    const { arn, blob } = keys.encrypt(textOf(fields, "KeyId"), bytesOf(fields, "Plaintext"));
    return { KeyId: arn, CiphertextBlob: blob.toString("base64"), EncryptionAlgorithm: "SYMMETRIC_DEFAULT" };
  },
  Decrypt: (keys, fields) => {
    const id = fields["KeyId"] === undefined ? undefined : textOf(fields, "KeyId");
    const { arn, plain } = keys.decrypt(bytesOf(fields, "CiphertextBlob"), id);
    return { KeyId: arn, Plaintext: plain.toString("base64"), EncryptionAlgorithm: "SYMMETRIC_DEFAULT" };
  },
};

async function bodyOf(request: IncomingMessage): Promise<Fields> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  const value: unknown = JSON.parse(text === "" ? "{}" : text);
  return isRecord(value) ? value : {};
}

async function answer(keys: Keys, request: IncomingMessage): Promise<Fields> {
  const [service, name = ""] = String(request.headers["x-amz-target"]).split(".");
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (service !== "TrentService" || operation === undefined)
    throw new KmsRefusal("UnknownOperationException", `${name} is not simulated`);
  // Whose signature it is does not matter here, and that there is none does.
  if (!(request.headers.authorization ?? "").startsWith("AWS4-HMAC-SHA256 "))
    throw new KmsRefusal("MissingAuthenticationTokenException", "Missing Authentication Token");
  return operation(keys, await bodyOf(request));
}

/** KMS over HTTP, as far as secrets of a Pulumi stack need it. */
export function kms(keys: Keys): Server {
  return createServer((request, response) => {
    const send = (status: number, body: Fields): void => {
      response.writeHead(status, { "content-type": "application/x-amz-json-1.1" });
      response.end(JSON.stringify(body));
    };
    if (request.method === "GET" && request.url === "/healthz") {
      send(200, {});
      return;
    }
    answer(keys, request).then(
      (body) => send(200, body),
      (thrown: unknown) => {
        if (!(thrown instanceof KmsRefusal)) process.stderr.write(`${String(thrown)}\n`);
        const code = thrown instanceof KmsRefusal ? thrown.code : "KMSInternalException";
        send(thrown instanceof KmsRefusal ? 400 : 500, {
          __type: code,
          message: thrown instanceof KmsRefusal ? thrown.message : "",
        });
      },
    );
  });
}
