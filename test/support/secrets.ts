import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

/** Where a planted value was found. */
export interface Leak {
  /** The file, from the folder that was searched. */
  readonly file: string;
  /** The value's name; the value itself is not told again. */
  readonly name: string;
  readonly encoding: "raw" | "base64" | "url" | "json";
}

/** The files of a sandbox that are there to hold its own credentials. */
export const credentialFiles: readonly RegExp[] = [
  /^kubeconfig$/,
  /^clusters\/[^/]+\/(tokens\.csv|[^/]+\.token|service-accounts\.key|controller-manager\.kubeconfig)$/,
  /^clusters\/[^/]+\/certificates\/[^/]+\.key$/,
  /^vault\/(root-token|unseal-key)$/,
  /^gitlab\/root-token$/,
  /^harbor\/(admin-password|token-key\.pem)$/,
];

/**
 * Searches every file below `dir` for values that only a back end may know, as they are, in base64 (alone or inside a
 * longer text, both alphabets), URL-encoded and JSON-escaped. Files that `except` matches by their path from `dir` are
 * passed over; links are not followed. An empty list is the wish.
 */
export function leaks(
  dir: string,
  planted: Readonly<Record<string, string>>,
  except: readonly RegExp[] = credentialFiles,
): Leak[] {
  const needles = Object.entries(planted).flatMap(([name, value]) => {
    // A short or an empty value is found everywhere, and then says nothing.
    if (value.length < 8) throw new Error(`${name} is too short to be searched for`);
    return encodingsOf(value).map(([encoding, text]) => ({ name, encoding, bytes: Buffer.from(text) }));
  });
  const found = filesBelow(dir)
    .map((path) => ({ path, file: relative(dir, path).split(sep).join("/") }))
    .filter(({ file }) => !except.some((pattern) => pattern.test(file)))
    .flatMap(({ path, file }) => {
      const content = readFileSync(path);
      return needles
        .filter(({ bytes }) => content.includes(bytes))
        .map(({ name, encoding }): Leak => ({ file, name, encoding }));
    });
  const once = new Map(found.map((leak) => [`${leak.file} ${leak.name} ${leak.encoding}`, leak]));
  return [...once.values()].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
}

function filesBelow(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
}

function encodingsOf(value: string): (readonly [Leak["encoding"], string])[] {
  const base64 = [0, 1, 2].map((offset) => base64Inside(value, offset));
  const url = [...new Set([encodeURIComponent(value), new URLSearchParams({ v: value }).toString().slice(2)])];
  const json = JSON.stringify(value).slice(1, -1);
  return [
    ["raw", value],
    ...[...base64, ...base64.map(toUrlAlphabet)].map((text) => ["base64", text] as const),
    // A value without special characters looks the same; then it is told once, as it is.
    ...url.filter((text) => text !== value).map((text) => ["url", text] as const),
    ...(json === value ? [] : [["json", json] as const]),
  ];
}

/** The value's base64 where so many bytes come before it in the same text: without the characters shared with others. */
function base64Inside(value: string, offset: number): string {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(value)]);
  const whole = bytes.toString("base64").replace(/=+$/, "");
  const first = [0, 2, 3][offset] ?? 0;
  return whole.slice(first, bytes.length % 3 === 0 ? whole.length : -1);
}

const toUrlAlphabet = (text: string): string => text.replaceAll("+", "-").replaceAll("/", "_");
