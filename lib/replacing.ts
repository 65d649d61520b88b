/** `${VAR/old/new}` at the first place, `//` everywhere, `/#` at the start, `/%` at the end; all of it literally. */
export const replacing = (expression: string): { name: string; replace: (value: string) => string } => {
  const [, name = "", where = "", from = "", to = ""] = /^\$\{(\w+)\/([#%/]?)([^/]+)\/(.*)\}$/s.exec(expression) ?? [];
  const replace = (value: string): string => {
    switch (where) {
      case "#":
        return value.startsWith(from) ? to + value.slice(from.length) : value;
      case "%":
        return value.endsWith(from) ? value.slice(0, -from.length) + to : value;
      case "/":
        return value.replaceAll(from, () => to);
      default:
        return value.replace(from, () => to);
    }
  };
  return { name, replace };
};
