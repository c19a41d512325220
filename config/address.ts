/** Why a text is no web address that can be configured, with the code and the remedy of a report. */
export interface AddressMistake {
  readonly code: string;
  readonly cause: string;
  readonly remedy: string;
}

/** Tells why `text` is no address of a service: anything but http and https, and credentials inside. */
export function addressMistake(text: string): AddressMistake | undefined {
  const plain = "write for example https://vault.example.com";
  if (!URL.canParse(text)) return { code: "T016", cause: `"${text}" is not a web address`, remedy: plain };
  const url = new URL(text);
  // Never repeated: it holds the credentials.
  if (url.username !== "" || url.password !== "")
    return {
      code: "P005",
      cause: "credentials in an address",
      remedy: "take them out; providers read them from their own environment variables",
    };
  if (url.protocol !== "http:" && url.protocol !== "https:")
    return { code: "T016", cause: `"${text}" is not an http or https address`, remedy: plain };
  if (url.search !== "" || url.hash !== "" || /\s/.test(text))
    return { code: "T016", cause: `"${text}" has more than a host and a path`, remedy: plain };
  return undefined;
}
