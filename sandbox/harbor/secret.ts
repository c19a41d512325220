import { createHash, randomBytes, randomInt, timingSafeEqual } from "node:crypto";

import type { HashedSecret } from "./state";

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** A secret as Harbor makes them: 32 letters and digits that pass its own rule. */
export function newSecret(): string {
  for (;;) {
    const secret = Array.from({ length: 32 }, () => letters[randomInt(letters.length)]).join("");
    if (isStrong(secret)) return secret;
  }
}

/** Harbor's rule for secrets and passwords. */
export function isStrong(secret: string): boolean {
  return (
    secret.length >= 8 && secret.length <= 128 && /[a-z]/.test(secret) && /[A-Z]/.test(secret) && /\d/.test(secret)
  );
}

/** What is kept of a secret. One round of SHA-256: the stand-in guards nothing of worth, and answers many requests. */
export function hashed(secret: string, salt = randomBytes(16).toString("hex")): HashedSecret {
  return { salt, hash: createHash("sha256").update(salt).update(secret).digest("hex") };
}

/** Whether this is the secret. */
export function isSecret(given: string, kept: HashedSecret): boolean {
  return sameText(hashed(given, kept.salt).hash, kept.hash);
}

/** Compares in a time that tells nothing of where two texts differ. */
export function sameText(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
