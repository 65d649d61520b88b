/** What Pulumi's engine reports about one resource. */
export interface EngineEvent {
  /** `error` is a message; the others are moments in the life of a step. */
  kind: "begins" | "done" | "failed" | "error";
  /** Absent for a message that belongs to no resource. */
  urn?: string;
  /** The operation of a step: create, update, same, … */
  op?: string;
  /** The text of an error. */
  message?: string;
}

interface Metadata {
  metadata?: { op?: string; urn?: string };
}

/** A line of the event log; of its many parts those that are read. */
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
 * Reads a line of Pulumi's event log. Gives undefined for events that do not matter here, debug messages above all: those
 * hold secrets in clear.
 */
export const readEvent = (line: string): EngineEvent | undefined => {
  const event = parse(line);
  if (event === undefined) return undefined;
  if (event.resourcePreEvent) return stepOf("begins", event.resourcePreEvent);
  if (event.resOutputsEvent) return stepOf("done", event.resOutputsEvent);
  if (event.resOpFailedEvent) return stepOf("failed", event.resOpFailedEvent);
  const { severity, ephemeral, urn, message = "" } = event.diagnosticEvent ?? {};
  if (severity !== "error" || ephemeral) return undefined;
  return { kind: "error", ...(urn ? { urn } : {}), message };
};

/** Cuts a stream of text into whole lines; the rest of a line waits for its end. */
export const lineCutter = (take: (line: string) => void): ((text: string) => void) => {
  let rest = "";
  return (text) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line !== "") take(line);
  };
};
