/** An answer other than success, in the shape of all of Harbor's: `{"errors":[{"code","message"}]}`. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = "Refusal";
  }

  /** The answer's body. */
  body(): { readonly errors: readonly { readonly code: string; readonly message: string }[] } {
    return { errors: [{ code: this.code, message: this.message }] };
  }
}

export const badRequest = (message: string): Refusal => new Refusal(400, "BAD_REQUEST", message);
export const unauthorized = (message = "unauthorized"): Refusal => new Refusal(401, "UNAUTHORIZED", message);
export const forbidden = (message = "forbidden"): Refusal => new Refusal(403, "FORBIDDEN", message);
/** What the registry's own protocol says for a refusal by policy. */
export const denied = (message: string): Refusal => new Refusal(403, "DENIED", message);
export const notFound = (message: string): Refusal => new Refusal(404, "NOT_FOUND", message);
export const conflict = (message: string): Refusal => new Refusal(409, "CONFLICT", message);
export const precondition = (message: string): Refusal => new Refusal(412, "PRECONDITION", message);
export const unprocessable = (message: string): Refusal => new Refusal(422, "UNPROCESSABLE_ENTITY", message);
