/** The value of an environment variable that this service cannot do without. */
export function required(name: string): string {
  const value = process.env[name];
  if (!value)
    throw new Error(`The environment variable "${name}" is not set: start the system with "dext run"`);
  return value;
}
