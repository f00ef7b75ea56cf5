/** Named values that go with a message. */
type Attributes = Readonly<Record<string, unknown>>;

export interface Log {
  info(message: string, attributes?: Attributes): void;
  warn(message: string, attributes?: Attributes): void;
  error(message: string, attributes?: Attributes): void;
}

/** `12:03:07 info  Order 1001 is packed product=enamel-mug` */
export const plainLog: Log = logTo((level, message, attributes) => {
  const time = new Date().toTimeString().slice(0, 8);
  const pairs = Object.entries(attributes).map(([name, value]) => ` ${name}=${String(value)}`);
  return `${time} ${level.padEnd(5)} ${message}${pairs.join("")}`;
});

/** `{"level":"info","time":"2026-03-01T12:03:07.120Z","msg":"Order 1001 is taken","product":"enamel-mug"}` */
export const jsonLog: Log = logTo((level, message, attributes) =>
  JSON.stringify({ level, time: new Date().toISOString(), msg: message, ...attributes }),
);

function logTo(format: (level: keyof Log, message: string, attributes: Attributes) => string): Log {
  return {
    info: (message, attributes = {}) => console.log(format("info", message, attributes)),
    warn: (message, attributes = {}) => console.warn(format("warn", message, attributes)),
    error: (message, attributes = {}) => console.error(format("error", message, attributes)),
  };
}
