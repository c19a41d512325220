import { isRecord } from "./manifest";

/** One field's problem inside an API server's refusal. */
export interface StatusCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}

/** The API server answered with a refusal (`kind: Status`); `status` is the HTTP code, `reason` its word for it. */
export class KubernetesStatusError extends Error {
  override readonly name = "KubernetesStatusError";
  constructor(
    readonly status: number,
    readonly reason: string,
    message: string,
    readonly causes: readonly StatusCause[] = [],
  ) {
    super(message);
  }

  /** Reads the Status object of an answer; a proxy in between may answer with anything, which is then shown as it is. */
  static from(status: number, body: unknown): KubernetesStatusError {
    if (!isRecord(body)) return new KubernetesStatusError(status, "Unknown", String(body));
    const details = body["details"];
    const causes = isRecord(details) && Array.isArray(details["causes"]) ? details["causes"].filter(isRecord) : [];
    return new KubernetesStatusError(
      status,
      typeof body["reason"] === "string" ? body["reason"] : "Unknown",
      typeof body["message"] === "string" ? body["message"] : `HTTP ${status}`,
      causes,
    );
  }
}

/** The cluster serves no such kind (its CRD is not there yet, or not any more). */
export class NoMatchError extends Error {
  override readonly name = "NoMatchError";
  constructor(
    readonly apiVersion: string,
    readonly kind: string,
  ) {
    super(`no matches for kind "${kind}" in version "${apiVersion}"`);
  }
}
