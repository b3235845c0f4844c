// What can go wrong, one class a cause. The documentation of each is in index.d.ts.

import { AssertionError } from 'node:assert';

import { given } from './values.js';

const instanceOf = Function.prototype[Symbol.hasInstance];

export class MediusflowError extends Error {
  // A failed assertion is both an ApiError and node's AssertionError, and a class has one parent only.
  static [Symbol.hasInstance](value) {
    if (instanceOf.call(this, value)) return true;
    return (this === MediusflowError || this === ApiError) && instanceOf.call(FailedAssertion, value);
  }

  get name() {
    return this.constructor.name;
  }
}

export class ProgramError extends MediusflowError {
  constructor(program, message) {
    super(message);
    this.program = program;
  }
}

export class StartError extends MediusflowError {
  constructor(message, exitCode, stderr) {
    super(withLines(message, stderr));
    this.exitCode = exitCode;
    this.stderr = stderr;
  }
}

export class ServerGoneError extends MediusflowError {
  constructor(message, exitCode, stderr) {
    super(withLines(message, stderr));
    this.exitCode = exitCode;
    this.stderr = stderr;
  }
}

export class ApiError extends MediusflowError {
  constructor(status, problem) {
    super(textOf(status, problem));
    Object.assign(this, membersOf(status, problem));
  }
}

class FailedAssertion extends AssertionError {
  constructor(status, problem) {
    super({
      message: textOf(status, problem),
      actual: problem.actual,
      expected: problem.expected,
      operator: problem.code,
    });
    Object.assign(this, membersOf(status, problem));
    const { name } = this.constructor;
    Object.defineProperty(this, 'name', { value: name, configurable: true });
    this.stack = this.stack.replace(/^AssertionError \[ERR_ASSERTION\]/, name);
  }
}

export class VerificationError extends FailedAssertion {}

export class WaitTimeoutError extends FailedAssertion {}

/** The error of a refusal; a body that is no problem document is quoted. */
export function refusal(status, body) {
  const problem = documentOf(body) ?? { status, detail: `status ${status}: ${body.slice(0, 500)}` };
  const Kind = ASSERTIONS[problem.code] ?? ApiError;
  return new Kind(status, problem);
}

const ASSERTIONS = {
  'journal-incomplete': VerificationError,
  'verification-failed': VerificationError,
  'wait-timeout': WaitTimeoutError,
};

function documentOf(body) {
  try {
    const value = JSON.parse(body);
    return value !== null && typeof value === 'object' ? value : undefined;
  } catch {
    return undefined;
  }
}

function textOf(status, problem) {
  const detail = problem.detail ?? problem.title ?? `status ${status}`;
  return problem.hint ? `${detail}\n${problem.hint}` : detail;
}

function membersOf(status, problem) {
  const { code, detail, hint, field } = problem;
  return given({ status, code, detail, hint, field, problem });
}

function withLines(message, stderr) {
  const lines = stderr.trimEnd();
  return lines ? `${message}:\n${lines}` : message;
}
