import type { Params } from "./params";

/** What a handler answers. A `body` is sent as JSON, `bytes` as they are. */
export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly bytes?: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** 200. */
export const ok = (body: unknown): Reply => ({ status: 200, body });

/** 201. */
export const created = (body: unknown): Reply => ({ status: 201, body });

/** 202, with GitLab's text. */
export const accepted = (): Reply => ({ status: 202, body: { message: "202 Accepted" } });

/** 204. */
export const noContent = (): Reply => ({ status: 204 });

/** One page of a list, with the headers by which clients find the next. */
export function page(params: Params, items: readonly unknown[], address: URL): Reply {
  const perPage = Math.min(Math.max(params.integer("per_page") ?? 20, 1), 100);
  const at = Math.max(params.integer("page") ?? 1, 1);
  const pages = Math.max(Math.ceil(items.length / perPage), 1);
  const link = (number: number, rel: string): string => {
    const url = new URL(address);
    url.searchParams.set("page", String(number));
    url.searchParams.set("per_page", String(perPage));
    return `<${url.href}>; rel="${rel}"`;
  };
  const links = [
    ...(at > 1 ? [link(at - 1, "prev")] : []),
    ...(at < pages ? [link(at + 1, "next")] : []),
    link(1, "first"),
    link(pages, "last"),
  ];
  return {
    status: 200,
    body: items.slice((at - 1) * perPage, at * perPage),
    headers: {
      Link: links.join(", "),
      "X-Next-Page": at < pages ? String(at + 1) : "",
      "X-Page": String(at),
      "X-Per-Page": String(perPage),
      "X-Prev-Page": at > 1 ? String(at - 1) : "",
      "X-Total": String(items.length),
      "X-Total-Pages": String(pages),
    },
  };
}
