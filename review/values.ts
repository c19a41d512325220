/**
 * Values as a reader of a public comment may see them. What is secret is known by its form: the engine's mark, the text that
 * the CLI puts in its place, and the fields that hold nothing else.
 */

/** The key by which the engine marks a value that is not plain (`sdk/go/common/resource/sig`). */
const signature = "4dabf18193072939515e22adb298388d";
/** What stands at that key for a secret. */
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
/** What the CLI writes where a secret was. */
const blinded = "[secret]";

/** Texts that the engine writes for what is only known after the run, one for each type. */
const unknowns: ReadonlySet<string> = new Set([
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** What a report says in the place of a secret. */
export const masked = "[secret]";
/** What a report says of a value that the run will make. */
export const notKnownYet = "[known after the run]";

/** Fields that hold a credential in whatever resource they are: masked even where nobody marked them. */
const credentialField =
  /^(?:password|passwd|token|secret|secretId|clientSecret|accessToken|privateKey|privateKeyPem|privateKeyOpenssh|kubeconfig|dataJson|dataJsonWo|stringData)$/;

/** Values by their keys. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether it is values by keys: no list, no scalar. */
export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The value with everything secret and unknown in it replaced. `field` is the name that it stands under. */
export function maskedValue(value: unknown, field = ""): unknown {
  if (value === undefined || value === null) return value;
  if (typeof value === "string" && unknowns.has(value)) return notKnownYet;
  // A number or a switch of such a name (`tokenTtl`, `token: true`) is none.
  if (credentialField.test(field) && typeof value !== "boolean" && typeof value !== "number") return masked;
  if (typeof value === "string") return value === blinded ? masked : value;
  if (Array.isArray(value)) return value.map((item) => maskedValue(item));
  if (!isFields(value)) return value;
  if (signature in value) return value[signature] === secretSignature ? masked : maskedMark(value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, maskedValue(inner, key)]));
}

/** Assets, references and outputs: what an output holds is shown, unless it is secret itself. */
function maskedMark(value: Readonly<Record<string, unknown>>): unknown {
  if (value["secret"] === true) return masked;
  return "value" in value ? maskedValue(value["value"]) : "[a file or a reference]";
}

/** Properties of a resource, masked; all data of a Kubernetes Secret and of an entry in Vault are secret by what they are. */
export function maskedProperties(type: string, properties: unknown): Readonly<Record<string, unknown>> {
  if (!isFields(properties)) return {};
  const whole = /^kubernetes:core\/v1:Secret$|^vault:(?:kv|generic)[:/]/.test(type);
  return Object.fromEntries(
    Object.entries(properties).map(([key, value]) => [
      key,
      whole && /^(?:data|dataJson|dataJsonWo|stringData)$/.test(key) && value !== undefined
        ? masked
        : maskedValue(value, key),
    ]),
  );
}

/** The parts of a property's path as the engine writes it: `spec.hard["requests.cpu"]`, `rules[0].verbs`. */
export function pathParts(path: string): (string | number)[] {
  return [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g)].map(([, quoted, index, plain]) =>
    quoted !== undefined ? quoted.replaceAll(/\\(.)/g, "$1") : index !== undefined ? Number(index) : (plain ?? ""),
  );
}

/** The value at a path; undefined where there is nothing. A secret on the way stays one. */
export function valueAt(properties: unknown, path: readonly (string | number)[]): unknown {
  let value: unknown = properties;
  for (const part of path) {
    if (value === masked || value === notKnownYet) return value;
    if (Array.isArray(value) && typeof part === "number") value = value[part];
    else if (isFields(value) && Object.hasOwn(value, String(part))) value = value[String(part)];
    else return undefined;
  }
  return value;
}
