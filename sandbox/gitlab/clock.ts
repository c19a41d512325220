/** Now, as the API writes a moment. */
export const now = (): string => new Date().toISOString();

/** Today, as the API writes a day. */
export const today = (): string => now().slice(0, 10);

/** The day so many days from today. */
export const dayFromNow = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
