/**
 * Eight characters that differ where texts differ (FNV-1a, 64 bits, cut). For names of what is made anew when its content
 * changes; no protection of anything.
 */
export function shortHash(text: string): string {
  const mask = 0xffff_ffff_ffff_ffffn;
  let hash = 0xcbf2_9ce4_8422_2325n;
  for (const character of text) hash = ((hash ^ BigInt(character.codePointAt(0) ?? 0)) * 0x100_0000_01b3n) & mask;
  return hash.toString(36).padStart(8, "0").slice(-8);
}
