import { refuse } from "../../lib/base/problem";
import { expandHome } from "../../system/homeFolder";

/** Start of the URL of a file backend. */
const filePrefix = "file://";

/** Returns true if a backend is a folder of this machine. */
export const isFileBackend = (backend: string): boolean => backend.startsWith(filePrefix);

/** Returns the URL of a folder for Pulumi. Pulumi would read `%`, `?` and `#` as other parts of a URL. */
export const fileBackendOf = (folder: string): string =>
  `${filePrefix}${folder.replace(/[%?#]|\p{Cc}/gu, encodeURIComponent)}`;

/** Returns the path of a file backend. A relative path starts at the working directory, which is the checkout. */
export const backendFolder = (backend: string): string => {
  const path = decodeURIComponent(backend.slice(filePrefix.length).replace(/[?#].*$/s, ""));
  return expandHome(path);
};

const canDecode = (text: string): boolean => {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
};

interface BrokenRule {
  rule: string;
  remedy: string;
}

const fileUrlRules = (url: string): BrokenRule | undefined => {
  const rest = url.slice(filePrefix.length);
  const path = rest.replace(/\?.*$/s, "");
  if (path.includes("#") || !canDecode(path))
    return { rule: "a URL with %25, %23 and %3F for %, # and ? of the path", remedy: "Encode these characters" };
  // Pulumi parses the first part of a relative path as the name of a host.
  if (/[\s%:@\\^`{|}[\]]/.test(path.replace(/\/.*$/s, "")))
    return { rule: "file:// and an absolute path", remedy: "Write the path from its first / on" };
  return undefined;
};

const brokenRule = (url: string): BrokenRule | undefined => {
  const isReadable = URL.canParse(url.replace(/^file:\/\/[^/]*/, "file:///")) && !/\p{Cc}/u.test(url);
  if (isReadable && isFileBackend(url)) return fileUrlRules(url);
  if (isReadable && /^(s3|gs|azblob|https?):\/\/[^\s/]/.test(url)) return undefined;
  return {
    rule: "a URL that starts with file://, s3://, gs://, azblob:// or https://",
    remedy: "Correct it, or unset it to store the state in the checkout",
  };
};

/**
 * Checks a backend that the user chose. Pulumi takes a text that it cannot parse as the address of Pulumi Cloud, and asks
 * for a login there.
 *
 * @param origin variable or file with the URL, for the error
 * @throws ProblemError for a URL that Pulumi cannot read
 */
export const checkBackend = (url: string, origin: string): void => {
  const broken = brokenRule(url);
  if (broken) refuse({ key: origin, received: url, ...broken });
};
