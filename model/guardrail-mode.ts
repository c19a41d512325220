/**
 * What a cluster's guardrails do with a request that they judge wrong: `enforce` refuses it, `warn` lets it pass, tells whoever
 * asked, and marks it in the audit log.
 */
export type GuardrailMode = "warn" | "enforce";
