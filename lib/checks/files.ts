import { refuse } from "../problem";
import type { Check } from "./check";

/** Where a manifest lies: an http(s) URL, or a path. Whether it is there shows when it is read. */
export const manifestLocation: Check<string> = (value) => {
  const isUrl = /^[a-z][a-z0-9+.-]*:\/\//i.test(value);
  const good = isUrl ? /^https?:\/\//i.test(value) && URL.canParse(value) : /\S/.test(value);
  if (good && !/\p{Cc}/u.test(value)) return;
  refuse({
    received: value,
    rule: "be an http or https URL, or the path of a file",
    remedy: "Write the URL of a release, or a path relative to the project",
  });
};

/** The path of a file, or empty. Whether it is there shows when it is read. */
export const filePath: Check<string> = (value) => {
  if (!/\p{Cc}/u.test(value)) return;
  const rule = "be a path without line breaks and other control characters";
  refuse({ received: value, rule, remedy: "Write it as images/capd.tar, relative to the project" });
};
