import { createServer } from "node:http";

/** What a stub answers: a status, a body, headers. */
export interface StubAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One request as the stub saw it. */
export interface StubCall {
  /** Method and raw path with its query, such as `GET /api/v4/user`. */
  readonly line: string;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** A server that answers what it is told to, and remembers what it was asked. */
export interface Stub {
  readonly url: string;
  readonly calls: readonly StubCall[];
  /** The lines of the calls since the last look, without the prefix of the API. */
  lines(prefix: string): string[];
  close(): Promise<void>;
}

/** Starts a stub on a free port. */
export async function startStub(answer: (call: StubCall) => StubAnswer): Promise<Stub> {
  const calls: StubCall[] = [];
  let seen = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString("utf8");
      const call: StubCall = {
        line: `${request.method ?? ""} ${request.url ?? ""}`,
        body: text === "" ? undefined : JSON.parse(text),
        headers: request.headers,
      };
      calls.push(call);
      const { status, body, headers } = answer(call);
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(body === undefined ? undefined : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    lines(prefix) {
      const fresh = calls.slice(seen).map(({ line }) => line.replace(prefix, ""));
      seen = calls.length;
      return fresh;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
