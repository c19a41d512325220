import {
  CreateAliasCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  EnableKeyRotationCommand,
  KMSClient,
  NotFoundException,
} from "@aws-sdk/client-kms";

/** A key of KMS as the name of a secrets provider says it. */
export interface StateKey {
  /** `alias/...` */
  readonly alias: string;
  readonly region: string;
}

/** The key that a stack's secrets provider names: `awskms://alias/<name>?region=<region>`; undefined for any other form. */
export function stateKey(secretsProvider: string): StateKey | undefined {
  const match = /^awskms:\/\/(alias\/[\w/-]+)\?(.*)$/.exec(secretsProvider);
  const region = new URLSearchParams(match?.[2] ?? "").get("region");
  return match?.[1] === undefined || region === null ? undefined : { alias: match[1], region };
}

/** The name of the secrets provider with a key. */
export const secretsProvider = ({ alias, region }: StateKey): string => `awskms://${alias}?region=${region}`;

/**
 * Makes the key, which renews its material every year, unless the alias is there; gives whether it made it. Login and address
 * come from the variables of the process, or from those of a sandbox.
 */
export async function ensureKey(
  { alias, region }: StateKey,
  purpose: string,
  sandbox?: Readonly<Record<string, string>>,
): Promise<boolean> {
  const client = new KMSClient({
    region,
    ...(sandbox === undefined
      ? {}
      : {
          endpoint: sandbox["AWS_ENDPOINT_URL_KMS"] ?? "",
          credentials: {
            accessKeyId: sandbox["AWS_ACCESS_KEY_ID"] ?? "",
            secretAccessKey: sandbox["AWS_SECRET_ACCESS_KEY"] ?? "",
          },
        }),
  });
  try {
    await client.send(new DescribeKeyCommand({ KeyId: alias }));
    return false;
  } catch (thrown) {
    if (!(thrown instanceof NotFoundException)) throw thrown;
    const { KeyMetadata } = await client.send(new CreateKeyCommand({ Description: purpose }));
    const KeyId = KeyMetadata?.KeyId;
    if (KeyId === undefined) throw new Error("KMS made a key and did not tell which", { cause: thrown });
    await client.send(new EnableKeyRotationCommand({ KeyId }));
    await client.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: KeyId }));
    return true;
  } finally {
    client.destroy();
  }
}
