/**
 * What a certificate's common name allows its client. `read`: operations that the service's `isRead` holds for; `write`: every
 * operation; `admin`: to ask for the status; `metrics`: to read the metrics.
 */
export type AccessRole = 'read' | 'write' | 'admin' | 'metrics';

/** Why a request is refused: its name lacks a role, makes too many requests in a second, or has too many sessions. */
export type RefusedBecause = 'role' | 'rate' | 'sessions';

/** Which clients may do what, by the common names of their certificates. A rule that is left out restricts no client. */
export interface Access {
  /** The names that have each role. A role that is left out, where any is given, belongs to no name. */
  readonly roles?: { readonly [Role in AccessRole]?: readonly string[] | undefined } | undefined;
  /** A name with so many sessions ends no session of another name whose client is connected. */
  readonly sessionsPerName?: number | undefined;
  /** The most requests of one name in a second, at one replica, the repeated ones included; and as many registrations, and ends of sessions. */
  readonly requestsPerSecondPerName?: number | undefined;
}

/** Whether clients are restricted at all. */
export function isRestricted({ roles, sessionsPerName, requestsPerSecondPerName }: Access): boolean {
  return [roles, sessionsPerName, requestsPerSecondPerName].some((rule) => rule !== undefined);
}

/** Whether the name has the role. */
export function hasRole({ roles }: Access, name: string, role: AccessRole): boolean {
  return roles === undefined || (roles[role]?.includes(name) ?? false);
}

/** What is wrong where a name lacks a role, in part of a sentence. */
export function lacks(name: string, role: AccessRole): string {
  return `the name ${JSON.stringify(name)} lacks the role ${role}`;
}
