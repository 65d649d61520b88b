/** An event of Pulumi's engine about one resource. */
export interface EngineEvent {
  /** `error` and `warning` are messages; the other values are the start, the success or the failure of a step. */
  kind: "begins" | "done" | "failed" | "error" | "warning";
  /** Absent for a message without a resource. */
  urn?: string;
  /** The operation of a step: create, update, same, … */
  op?: string;
  /** The text of a message. */
  message?: string;
}

interface Metadata {
  metadata?: { op?: string; urn?: string };
}

/** The fields of a line of the event log that the diagnosis reads. */
interface LoggedEvent {
  resourcePreEvent?: Metadata;
  resOutputsEvent?: Metadata;
  resOpFailedEvent?: Metadata;
  diagnosticEvent?: { urn?: string; message?: string; severity?: string; ephemeral?: boolean };
}

const stepOf = (kind: EngineEvent["kind"], { metadata }: Metadata): EngineEvent => ({
  kind,
  ...(metadata?.urn ? { urn: metadata.urn } : {}),
  ...(metadata?.op ? { op: metadata.op } : {}),
});

const parse = (line: string): LoggedEvent | undefined => {
  try {
    return (JSON.parse(line) as LoggedEvent | null) ?? undefined;
  } catch {
    return undefined; // Pulumi did not finish the line
  }
};

/**
 * Parses a line of Pulumi's event log. Returns undefined for irrelevant events. Debug messages are among them, because
 * they contain secrets in plain text.
 */
export const readEvent = (line: string): EngineEvent | undefined => {
  const event = parse(line);
  if (event === undefined) return undefined;
  if (event.resourcePreEvent) return stepOf("begins", event.resourcePreEvent);
  if (event.resOutputsEvent) return stepOf("done", event.resOutputsEvent);
  if (event.resOpFailedEvent) return stepOf("failed", event.resOpFailedEvent);
  const { severity, ephemeral, urn, message = "" } = event.diagnosticEvent ?? {};
  if ((severity !== "error" && severity !== "warning") || ephemeral) return undefined;
  return { kind: severity, ...(urn ? { urn } : {}), message };
};

/** Splits a stream of text into whole lines. An incomplete line waits for its end. */
export const lineCutter = (take: (line: string) => void): ((text: string) => void) => {
  let rest = "";
  return (text) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line !== "") take(line);
  };
};
