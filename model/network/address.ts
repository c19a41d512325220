/** An address of either family as a number: what blocks of it hold is a comparison. */
export interface Address {
  readonly family: 4 | 6;
  readonly number: bigint;
}

/** Addresses that lie beside each other, the first and the last among them. */
export interface AddressRange {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

const bitsOf = { 4: 32, 6: 128 } as const;

function fromParts(parts: readonly number[], bits: number): bigint {
  return parts.reduce((sum, part) => (sum << BigInt(bits)) | BigInt(part), 0n);
}

function parse4(text: string): bigint | undefined {
  const parts = text.split(".");
  // A leading zero is octal to some readers: 010 is 8.
  if (parts.length !== 4 || parts.some((part) => !/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255))
    return undefined;
  return fromParts(parts.map(Number), 8);
}

/** The platform's own reader of addresses in URLs (RFC 4291, written as RFC 5952 says); undefined for what is none. */
function canonical6(text: string): string | undefined {
  return /^[0-9a-f:.]*:[0-9a-f:.]*$/i.test(text) && URL.canParse(`http://[${text}]/`)
    ? new URL(`http://[${text}]/`).hostname.slice(1, -1)
    : undefined;
}

function parse6(text: string): bigint | undefined {
  const [head = "", tail] = canonical6(text)?.split("::") ?? [];
  if (head === "" && tail === undefined) return undefined;
  const groups = (part = ""): number[] => (part === "" ? [] : part.split(":").map((group) => parseInt(group, 16)));
  const [left, right] = [groups(head), groups(tail)];
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => 0);
  return fromParts([...left, ...zeros, ...right], 16);
}

/** Reads an address; undefined when it is none. An IPv4 address written as IPv6 is the IPv4 one: that is what is sent. */
export function parseAddress(text: string): Address | undefined {
  const four = parse4(text);
  if (four !== undefined) return { family: 4, number: four };
  const six = parse6(text);
  if (six === undefined) return undefined;
  return six >> 32n === 0xffffn ? { family: 4, number: six & 0xffff_ffffn } : { family: 6, number: six };
}

/** Reads a block (`10.0.0.0/8`), or an address as a block of one; undefined when it is neither. */
export function parseRange(text: string): AddressRange | undefined {
  const match = /^([^/]+)(?:\/(0|[1-9]\d{0,2}))?$/.exec(text);
  const address = parseAddress(match?.[1] ?? "");
  if (address === undefined) return undefined;
  const { family, number } = address;
  const bits = bitsOf[family];
  const prefix = Number(match?.[2] ?? bits);
  if (prefix > bits) return undefined;
  const size = 1n << BigInt(bits - prefix);
  // The API server takes a block that names an address inside it, and means the whole block.
  const first = (number / size) * size;
  return { family, first, last: first + size - 1n };
}

/** Whether an address is one of a range's. */
export function isIn({ family, number }: Address, range: AddressRange): boolean {
  return family === range.family && range.first <= number && number <= range.last;
}

/** The address as text. */
export function formatAddress({ family, number }: Address): string {
  const [bits, parts] = family === 4 ? [8n, 4] : [16n, 8];
  const part = (index: number): bigint => (number >> (bits * BigInt(parts - 1 - index))) % (1n << bits);
  const written = Array.from({ length: parts }, (_, index) => part(index).toString(family === 4 ? 10 : 16));
  return family === 4 ? written.join(".") : (canonical6(written.join(":")) ?? written.join(":"));
}
