/** The server refused a request; `message` has its own words, with the remedy. */
export class ThreadmillError extends Error {
  override readonly name = 'ThreadmillError';

  constructor(
    message: string,
    /** Of HTTP: 404, 413, ... */
    readonly status: number,
  ) {
    super(message);
  }
}

/** Reads the problem (RFC 9457) that an answer carries. */
export async function errorOf(response: Response): Promise<ThreadmillError> {
  let detail = response.statusText;
  try {
    const problem: unknown = await response.json();
    if (typeof problem === 'object' && problem !== null && 'detail' in problem) detail = String(problem.detail);
  } catch {
    // not from a threadmill server: its status has to do
  }
  return new ThreadmillError(detail, response.status);
}
