/** Returns a pattern for a message, in which `…` stands for any text on the line. */
export const messageLike = (message: string): RegExp =>
  new RegExp(
    message
      .split("…")
      .map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
      .join(".*"),
  );
