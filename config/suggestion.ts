import { distance } from "fastest-levenshtein";

/** The known word that was probably meant: at most two letters away, and less than half of a short word. */
export function closest(word: string, known: readonly string[]): string | undefined {
  const limit = Math.min(2, Math.floor(word.length / 2));
  const ranked = known
    .map((candidate) => ({ candidate, away: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ away }) => away <= limit)
    .sort((a, b) => a.away - b.away);
  return ranked[0]?.candidate;
}

/** `did you mean "quota"?`, or else what there is to choose from. */
export function suggestion(word: string, known: readonly string[]): string {
  const meant = closest(word, known);
  if (meant !== undefined) return `did you mean "${meant}"?`;
  return known.length === 0 ? "none are known here" : `known: ${[...known].sort().join(", ")}`;
}
