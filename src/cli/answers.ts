/** The record under this name in an answer of the server. */
export function recordIn(answer: Readonly<Record<string, unknown>>, member: string): Record<string, unknown> {
  const value = answer[member];
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
