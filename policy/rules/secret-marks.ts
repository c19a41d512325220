import { Secret, type ResourceValidationPolicy } from "@pulumi/policy";
import { isHolder, known } from "../read";

/** Inputs that are secrets and that providers' schemas do not all say to be (threat 56), by Pulumi's types. */
const secretInputs: Readonly<Record<string, readonly string[]>> = {
  "aws:elasticache/replicationGroup:ReplicationGroup": ["authToken"],
  "aws:rds/instance:Instance": ["password"],
  "gitlab:index/groupHook:GroupHook": ["token"],
  "gitlab:index/groupVariable:GroupVariable": ["value"],
  "gitlab:index/instanceVariable:InstanceVariable": ["value"],
  "gitlab:index/pipelineScheduleVariable:PipelineScheduleVariable": ["value"],
  "gitlab:index/projectHook:ProjectHook": ["token"],
  "gitlab:index/projectVariable:ProjectVariable": ["value"],
  "harbor:index/projectWebhook:ProjectWebhook": ["authHeader"],
  "harbor:index/robotAccount:RobotAccount": ["secret"],
  "kubernetes:core/v1:Secret": ["data", "stringData"],
  "pulumi:providers:gitlab": ["token"],
  "pulumi:providers:harbor": ["password"],
  "pulumi:providers:vault": ["token"],
  "vault:generic/secret:Secret": ["dataJson"],
  "vault:kv/secretV2:SecretV2": ["dataJson", "dataJsonWo"],
};

/** Text that is a secret wherever it stands: private keys, and tokens of GitLab and Vault by their beginnings. */
const credential = /-----BEGIN [A-Z ]*PRIVATE KEY-----|\b(?:gl(?:pat|dt|rt|cbt|ptt)-|hv[sbr]\.)[\w.-]{20,}/;

/** A kubeconfig that holds what it logs in with; one that asks a command for it (EKS) holds nothing. */
const looksLikeKubeconfig = (text: string): boolean =>
  ["clusters", "users"].every((key) => new RegExp(`"?${key}"?:`).test(text)) &&
  /(?:^|[\s{,])"?(?:token|password|client-key-data)"?:/.test(text);

const looksSecret = (text: string): boolean => credential.test(text) || looksLikeKubeconfig(text);

/** Names of inputs that are secrets and stand in clear. */
type Found = readonly string[];

/**
 * The value of a key with the marks of secrets left on. The SDK's proxies take them off where a value is read; a property's
 * descriptor they hand through.
 */
const marked = (holder: object, key: string): unknown => Object.getOwnPropertyDescriptor(holder, key)?.value;

/** Whether a key's value is marked: it, or each of its parts. What is empty or not known yet hides nothing. */
function isMarked(holder: object, key: string): boolean {
  if (marked(holder, key) instanceof Secret) return true;
  const value = known(holder, key);
  if (isHolder(value)) return Object.keys(value).every((inner) => isMarked(value, inner));
  return value === undefined || value === null || value === "";
}

/** Where text in clear looks like a credential. */
function credentialsIn(holder: object, key: string, path = key): string[] {
  if (marked(holder, key) instanceof Secret) return [];
  const value = known(holder, key);
  if (typeof value === "string") return looksSecret(value) ? [path] : [];
  if (!isHolder(value)) return [];
  return Object.keys(value).flatMap((inner) => credentialsIn(value, inner, `${path}.${inner}`));
}

/** The inputs of a resource that stand in clear and should not. Their values are not part of the answer. */
export function unmarked(type: string, props: object): Found {
  const named = (secretInputs[type] ?? []).filter((key) => !isMarked(props, key));
  const looking = Object.keys(props)
    .filter((key) => !named.includes(key))
    .flatMap((key) => credentialsIn(props, key));
  return [...named, ...looking];
}

/**
 * Values that must be marked secret are. A validation sees values without their marks; the call before it, by which a pack may
 * remedy a resource, sees them. So the marks are read there, nothing is changed, and the validation tells what was found. What a
 * preview does not know yet is judged by the run.
 */
export function secretMarks(): ResourceValidationPolicy {
  const found = new Map<string, Found>();
  return {
    name: "secret-marks",
    description: "Values that must be secret are marked so, or the state holds them in clear",
    // The SDK calls remediateResource at this level alone; what is reported all the same is mandatory.
    enforcementLevel: "remediate",
    remediateResource: ({ type, urn, props }) => {
      found.set(urn, unmarked(type, props));
    },
    validateResource: ({ name, urn }, report) => {
      for (const path of found.get(urn) ?? [])
        report(`${path} of ${name} is a secret in clear, and so it would be in the state: wrap it in pulumi.secret()`);
    },
  };
}
