// What can go wrong.

/** The base of all errors of this package. */
export declare class MediusflowError extends Error {}

/** The program is missing, cannot be run, or is of another version than this package. */
export declare class ProgramError extends MediusflowError {
  /** The file, or the name of the package that should have it. */
  readonly program: string;
}

/** The program ended before it was ready, or was not ready in time. */
export declare class StartError extends MediusflowError {
  /** As `mediusflow-mock --help` lists them: 10 if another program has the port. A text is a signal. */
  readonly exitCode: number | string | null;
  /** The last lines that the program wrote to stderr. */
  readonly stderr: string;
}

/** A call found no server, because it ended or does not answer any more. */
export declare class ServerGoneError extends MediusflowError {
  /** The exit code or signal if the server has ended, otherwise `null`. */
  readonly exitCode: number | string | null;
  /** The last lines that the program wrote to stderr. */
  readonly stderr: string;
}

/** A problem document (RFC 9457). */
export interface Problem {
  status?: number;
  code?: string;
  detail?: string;
  hint?: string;
  field?: string;
  [member: string]: unknown;
}

/** The control API refused a call. The message is its detail and, if there is one, its hint. */
export declare class ApiError extends MediusflowError {
  protected constructor();
  /** The HTTP status. */
  readonly status: number;
  /** The stable name of the problem, such as `unknown-tenant`. */
  readonly code?: string;
  /** What is wrong, in a sentence. */
  readonly detail?: string;
  /** What may help. */
  readonly hint?: string;
  /** The path of the member of the body, or the parameter, that is wrong. */
  readonly field?: string;
  /** The whole document. */
  readonly problem: Problem;
}

/**
 * An assertion about the traffic or about sign-ins is not met, or cannot be decided because exchanges have left
 * the journal (`journal-incomplete`). It is also an `AssertionError` of `node:assert`.
 */
export declare class VerificationError extends ApiError {
  /** What was expected and found, as in `problem`. */
  readonly expected: unknown;
  readonly actual: unknown;
}

/** What was waited for did not happen in time; the message says what came nearest. Also an `AssertionError`. */
export declare class WaitTimeoutError extends ApiError {
  /** What was expected and found, as in `problem`. */
  readonly expected: unknown;
  readonly actual: unknown;
}
