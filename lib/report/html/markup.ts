/** Text that is HTML already. Only the functions of this file create it. */
export class Html {
  constructor(readonly text: string) {}
}

/** A value inside a template of `html`. Nothing is written for null, undefined and false. */
export type Content = string | number | Html | null | undefined | false | readonly Content[];

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Control characters, half surrogates, and characters that change the direction of text. */
const unprintable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]|\p{Surrogate}/gu;

const escape = (text: string): string =>
  text.replace(unprintable, "\ufffd").replace(/[&<>"']/g, (character) => entities[character] ?? character);

const write = (content: Content): string => {
  if (content === null || content === undefined || content === false) return "";
  if (content instanceof Html) return content.text;
  if (typeof content === "string" || typeof content === "number") return escape(`${content}`);
  return content.map(write).join("");
};

/** Parts of templates without the line breaks and indents of the source. */
const dense = new WeakMap<TemplateStringsArray, string[]>();

const densePartsOf = (parts: TemplateStringsArray): string[] => {
  const known = dense.get(parts) ?? parts.map((part) => part.replace(/\s*\n\s*/g, "\n"));
  dense.set(parts, known);
  return known;
};

/** Returns HTML from a template. Each value is escaped, except values of `html` itself. */
export const html = (parts: TemplateStringsArray, ...values: readonly Content[]): Html =>
  new Html(
    densePartsOf(parts)
      .map((part, index) => (index === 0 ? part : write(values[index - 1]) + part))
      .join(""),
  );

/** Returns a link for an address of the web, and the plain text for every other address. */
export const link = (address: string, text: Content = address): Html =>
  /^https?:\/\/[\w.:[\]-]+(\/[\w./%?=&#~-]*)?$/.test(address)
    ? html`<a href="${address}" rel="noreferrer">${text}</a>`
    : html`${text}`;

/** Returns a duration in words: `41.2 s`, `1 min 41 s`. */
export const duration = (seconds: number): string => {
  if (seconds < 60) return `${Number(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min${whole % 60 === 0 ? "" : ` ${whole % 60} s`}`;
};

/** Returns a number with its noun: `1 cluster`, `3 clusters`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** Returns a sentence in which the parts between backticks are code. */
export const sentence = (text: string): Html =>
  html`${text.split(/`([^`]+)`/).map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`;
