import * as http from "node:http";
import * as https from "node:https";

/** The other side could not be reached, or broke off: there is no answer to speak of. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
  constructor(
    message: string,
    readonly code: string | undefined,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers?: http.OutgoingHttpHeaders;
  readonly body?: string;
  readonly agent?: http.Agent;
  readonly tls?: https.RequestOptions;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
  /** The server's own clock, as its header says it. */
  readonly date?: string;
  /** What the headers `Warning` say, one text each. */
  readonly warnings: readonly string[];
}

/**
 * One request, one whole answer. A kept-alive connection that the server closed in the meantime is tried again, and so is
 * the next: after a pause all kept ones are closed, and a new one that fails is no such.
 */
export async function send(request: HttpRequest): Promise<HttpAnswer> {
  for (;;) {
    try {
      return await sendOnce(request);
    } catch (error) {
      if (!(error instanceof StaleSocket)) throw error;
    }
  }
}

/** A reused connection was gone before the server read the request, so sending it again cannot do a thing twice. */
class StaleSocket extends ConnectionError {}

function sendOnce(request: HttpRequest): Promise<HttpAnswer> {
  const { url, body } = request;
  const secure = url.protocol === "https:";
  return new Promise((resolve, reject) => {
    const outgoing = (secure ? https : http).request(url, {
      ...request.tls,
      method: request.method,
      headers: { ...request.headers, ...(body === undefined ? {} : { "content-length": Buffer.byteLength(body) }) },
      ...(request.agent === undefined ? {} : { agent: request.agent }),
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    });
    const timeoutMs = request.timeoutMs ?? 60_000;
    // A timer of our own: the socket's idle timeout starts again at every byte.
    const timer = setTimeout(() => {
      outgoing.destroy(Object.assign(new Error(`no answer within ${timeoutMs} ms`), { code: "ETIMEDOUT" }));
    }, timeoutMs);
    const fail = (error: Error & { code?: string }): void => {
      clearTimeout(timer);
      const stale = outgoing.reusedSocket && (error.code === "ECONNRESET" || error.code === "EPIPE");
      const detail = error.message === "" ? (error.code ?? error.name) : error.message;
      const message = `${request.method} ${url.origin}${url.pathname}: ${detail}`;
      reject(new (stale ? StaleSocket : ConnectionError)(message, error.code, { cause: error }));
    };
    outgoing.on("error", fail);
    outgoing.on("response", (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("error", fail);
      incoming.on("end", () => {
        clearTimeout(timer);
        const { date } = incoming.headers;
        resolve({
          status: incoming.statusCode ?? 0,
          text: Buffer.concat(chunks).toString("utf8"),
          warnings: (incoming.headersDistinct["warning"] ?? []).flatMap(warningTexts),
          ...(date === undefined ? {} : { date }),
        });
      });
    });
    outgoing.end(body);
  });
}

/** The texts of a header `Warning` (RFC 7234, 5.5): `299 - "text"`, one or more, with quotes and backslashes escaped. */
export function warningTexts(header: string): string[] {
  return [...header.matchAll(/\b\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text = ""]) => text.replace(/\\(.)/g, "$1"));
}
