/** An answer that is not a success, with GitLab's own body. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly body: unknown,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(`${String(status)} ${JSON.stringify(body)}`);
    this.name = "Refusal";
  }
}

/** 404, with the name of what is missing as GitLab says it. */
export const notFound = (what?: string): Refusal =>
  new Refusal(404, { message: what === undefined ? "404 Not found" : `404 ${what} Not Found` });

/** 404 as of a path that no route has: also what a free instance answers to a licensed route. */
export const noRoute = (): Refusal => new Refusal(404, { error: "404 Not Found" });

/** 401: no credential, or none that holds. One text for unknown, expired and revoked. */
export const unauthorized = (): Refusal => new Refusal(401, { message: "401 Unauthorized" });

/** 403: known, but not allowed. */
export const forbidden = (reason?: string): Refusal =>
  new Refusal(403, { message: reason === undefined ? "403 Forbidden" : `403 Forbidden - ${reason}` });

/** 403 for a token without the scope a route asks for. */
export const insufficientScope = (scopes: readonly string[]): Refusal =>
  new Refusal(403, {
    error: "insufficient_scope",
    error_description: "The request requires higher privileges than provided by the access token.",
    scope: scopes.join(" "),
  });

/** 409 with a text or a list of texts. */
export const conflict = (message: unknown = "409 Conflict"): Refusal => new Refusal(409, { message });

/** 400 about the request as such. */
export const badRequest = (reason: string): Refusal => new Refusal(400, { message: `400 Bad request - ${reason}` });

/** 400 about values: a text, or a map of field to texts. */
export const invalid = (message: unknown): Refusal => new Refusal(400, { message });

/** 400 of a parameter that is missing or has no valid value; GitLab says it under `error`. */
export const badParameter = (text: string): Refusal => new Refusal(400, { error: text });
