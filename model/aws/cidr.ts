/** A block of IPv4 addresses. Addresses are numbers from 0 to 2^32 - 1: no bit operators, which would make them negative. */
export interface Cidr {
  /** The first address. */
  readonly start: number;
  /** Length of the prefix, 0 to 32. */
  readonly prefix: number;
}

/** How many addresses a block has. */
export const sizeOf = ({ prefix }: Cidr): number => 2 ** (32 - prefix);

/** Reads `10.20.0.0/16`; undefined when the text is no block, or names an address inside one (`10.20.0.1/16`). */
export function parseCidr(text: string): Cidr | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (match === null) return undefined;
  const numbers = match.slice(1).map(Number);
  // A leading zero is octal to some readers: 010 is 8.
  if (match.slice(1).some((part) => part.length > 1 && part.startsWith("0"))) return undefined;
  const prefix = numbers[4] ?? 33;
  const octets = numbers.slice(0, 4);
  if (prefix > 32 || octets.some((octet) => octet > 255)) return undefined;
  const start = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  return start % 2 ** (32 - prefix) === 0 ? { start, prefix } : undefined;
}

/** A block that the code itself names; throws a RangeError for anything else. */
export function cidr(text: string): Cidr {
  const block = parseCidr(text);
  if (block === undefined) throw new RangeError(`${text} is no block of addresses`);
  return block;
}

/** The block as text. */
export function formatCidr({ start, prefix }: Cidr): string {
  const octets = [3, 2, 1, 0].map((position) => Math.floor(start / 256 ** position) % 256);
  return `${octets.join(".")}/${prefix}`;
}

/** Whether two blocks share an address. */
export function overlaps(one: Cidr, other: Cidr): boolean {
  return one.start < other.start + sizeOf(other) && other.start < one.start + sizeOf(one);
}

/** Whether the whole of `inner` lies in `outer`. */
export function contains(outer: Cidr, inner: Cidr): boolean {
  return outer.start <= inner.start && inner.start + sizeOf(inner) <= outer.start + sizeOf(outer);
}

/**
 * The `index`th part of a block cut into parts whose prefix is `newBits` longer. Throws a RangeError for a part that the
 * block does not have.
 */
export function subnet(base: Cidr, newBits: number, index: number): Cidr {
  const prefix = base.prefix + newBits;
  if (newBits < 0 || prefix > 32) throw new RangeError(`${formatCidr(base)} has no parts of ${newBits} more bits`);
  if (!Number.isInteger(index) || index < 0 || index >= 2 ** newBits)
    throw new RangeError(`${formatCidr(base)} has no part ${index} of ${2 ** newBits}`);
  return { start: base.start + index * 2 ** (32 - prefix), prefix };
}

/** The addresses that are nobody's on the internet (RFC 1918). */
const privateBlocks = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].map(cidr);

/** Whether a block is of private addresses alone. */
export function isPrivate(block: Cidr): boolean {
  return privateBlocks.some((outer) => contains(outer, block));
}
