// What became of a request: answered, refused for a reason, or lost with its server, and then nobody knows.
export type Sent<Answer> =
  | { state: "done"; answer: Answer }
  | { state: "refused"; code: string }
  | { state: "lost" };

export async function sent<Answer>(request: Promise<Answer>): Promise<Sent<Answer>> {
  try {
    return { state: "done", answer: await request };
  } catch (error) {
    const { name, $metadata } = error as { name: string; $metadata?: { httpStatusCode?: number } };
    const isRefused = ($metadata?.httpStatusCode ?? 0) >= 400;
    return isRefused ? { state: "refused", code: name } : { state: "lost" };
  }
}
