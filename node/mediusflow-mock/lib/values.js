// Values on their way into a call.

/** A name or id as one segment of an address. */
export function segment(name) {
  // Addresses lose `.` and `..`, so that the deletion of a user `..` would be that of the tenant.
  if (typeof name !== 'string' || ['', '.', '..'].includes(name)) {
    throw new TypeError(`${JSON.stringify(name)} is no name or id`);
  }
  return encodeURIComponent(name);
}

/** The members that are given. */
export function given(members) {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

/** A number of milliseconds, or a text such as `"90d"`, for the control API. */
export function duration(value) {
  if (typeof value !== 'number') return value;
  if (!Number.isFinite(value)) throw new RangeError(`${value} is no duration in milliseconds`);
  // What is shorter than a millisecond becomes one; the API has whole ones.
  return `${value > 0 ? Math.max(1, Math.round(value)) : Math.round(value)}ms`;
}
