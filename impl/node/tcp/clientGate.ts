import type { ClientTable } from '../../replica/data/clientTable.ts';
import type { Configuration } from '../../replica/data/configuration.ts';
import { endsSession, type Request } from '../../replica/data/entry.ts';
import type { Json } from '../../tree/json.ts';
import { type Access, type AccessRole, hasRole, lacks, type RefusedBecause } from '../cluster/access.ts';
import { identityPrefix } from '../cluster/tlsCredentials.ts';

/** A request that is refused, and why. */
export interface Refused {
  /** `earlier`: an earlier request of the same connection was refused, and this one could not be executed before it. */
  readonly because: RefusedBecause | 'earlier';
  /** Part of a sentence. */
  readonly reason: string;
}

/** What the gate asks about. */
export interface GateEnvironment {
  readonly configuration: Configuration;
  /** The present client-table of the replica. */
  clientTable(): ClientTable;
  /** Whether the client with this identity is connected. */
  isConnected(clientId: string): boolean;
  /** Milliseconds since any moment. */
  now(): number;
}

/** A client that is connected. */
export interface GateClient {
  /** Its connection. */
  readonly connection: object;
  /** The common name in its certificate. */
  readonly name: string;
}

/** A bucket of tokens, one for a request, which is full after a second. */
interface Bucket {
  readonly tokens: number;
  /** When it had so many. */
  readonly at: number;
}

/**
 * Decides which requests of clients a replica takes, before its core sees them. Requests that other replicas forward have passed
 * the gates of those. What is refused has had no effect.
 *
 * Once a request is refused, later ones of its session on the same connection are refused too until it passes or is executed: they
 * could not be executed before it, and so their client knows about each copy that it sent.
 */
export class ClientGate {
  /** The rules. They may change at any time. */
  access: Access;
  private readonly environment: GateEnvironment;
  /** The request of each connection that was refused last. */
  private readonly refused = new WeakMap<object, Request>();
  /** By kind of request and by name: the first request of a new client must not be refused for its registration. */
  private readonly buckets = {
    requests: new Map<string, Bucket>(),
    registrations: new Map<string, Bucket>(),
    'ends of sessions': new Map<string, Bucket>(),
  };
  /** The registrations that passed, of clients that are not in the client-table yet. */
  private readonly registering = new Set<string>();

  constructor(access: Access, environment: GateEnvironment) {
    this.access = access;
    this.environment = environment;
  }

  /** Why the request is refused, or undefined if it may pass. Every client may end its session, whatever its roles. */
  check({ connection, name }: GateClient, request: Request): Refused | undefined {
    const earlier = this.earlierRefused(connection, request);
    const isSame = earlier?.clientId === request.clientId;
    if (earlier !== undefined && isSame && request.requestNumber > earlier.requestNumber)
      return { because: 'earlier', reason: 'an earlier request of the session was refused' };
    const refused = endsSession(request)
      ? this.rateProblem(name, kindOf(request))
      : (this.roleProblem(name, request) ??
        this.sessionProblem(name, request) ??
        this.rateProblem(name, kindOf(request)));
    if (refused !== undefined) this.refused.set(connection, request);
    else if (!isSame || request.requestNumber === earlier?.requestNumber) this.refused.delete(connection);
    if (
      refused === undefined &&
      kindOf(request) === 'registrations' &&
      this.access.sessionsPerName !== undefined
    )
      this.registering.add(request.clientId);
    return refused;
  }

  /** Why the name may not ask for the status, or undefined if it may. */
  statusProblem(name: string): Refused | undefined {
    return hasRole(this.access, name, 'admin') ? undefined : withoutRole(name, 'admin');
  }

  /** Why a question of a watch is refused, or undefined if it may pass. It counts as a request that reads. */
  checkWatch(name: string): Refused | undefined {
    return this.watchProblem(name) ?? this.rateProblem(name, 'requests');
  }

  /** Why the name may not watch keys, or undefined if it may. */
  watchProblem(name: string): Refused | undefined {
    const mayRead = (['read', 'write'] as const).some((role) => hasRole(this.access, name, role));
    return mayRead ? undefined : withoutRole(name, 'read');
  }

  /** Why a client with this name may not have this identity, or undefined if it may. */
  identityProblem(name: string, clientId: string): string | undefined {
    const prefix = identityPrefix(name);
    return this.access.sessionsPerName === undefined || clientId.startsWith(prefix)
      ? undefined
      : `the identity of a client with the name ${JSON.stringify(name)} must begin with ${JSON.stringify(prefix)}`;
  }

  /**
   * The request of this connection that was refused last, unless it is not sent again: another copy of it was executed since, or the
   * session has ended, of which the core tells the client.
   */
  private earlierRefused(connection: object, { session }: Request): Request | undefined {
    const earlier = this.refused.get(connection);
    if (earlier === undefined) return undefined;
    const table = this.environment.clientTable();
    const record = table.get(earlier.clientId);
    if (record?.session === session)
      return record.requestNumber < earlier.requestNumber ? earlier : undefined;
    // A session is the op-number of its registration: here later entries were executed, and so was that.
    const hasEnded = session > 0 && [...table].some(([, { opNumber }]) => opNumber > session);
    return hasEnded ? undefined : earlier;
  }

  private roleProblem(name: string, request: Request): Refused | undefined {
    const { access } = this;
    const { operation, requestNumber } = request;
    if (hasRole(access, name, 'write') || this.isExecuted(request)) return undefined;
    if (!hasRole(access, name, 'read'))
      return withoutRole(name, requestNumber === 0 ? 'read' : this.roleFor(operation));
    return requestNumber === 0 || this.roleFor(operation) === 'read' ? undefined : withoutRole(name, 'write');
  }

  /** Whether the core only answers the request again. Its client waits for that, and would wait forever if it were refused. */
  private isExecuted({ clientId, session, requestNumber }: Request): boolean {
    const record = this.environment.clientTable().get(clientId);
    return record?.session === session && requestNumber <= record.requestNumber;
  }

  /** The role that the operation needs. One that is invalid needs none: the core rejects it, and says why. */
  private roleFor(operation: Json): 'read' | 'write' {
    const { service } = this.environment.configuration;
    try {
      return service.validate(operation) !== undefined || service.isRead?.(operation) === true
        ? 'read'
        : 'write';
    } catch {
      return 'write';
    }
  }

  /** A name with many sessions may take the place of clients that are gone, and of its own, only. */
  private sessionProblem(name: string, { clientId, requestNumber }: Request): Refused | undefined {
    const { configuration, isConnected } = this.environment;
    const { sessionsPerName } = this.access;
    if (requestNumber !== 0 || sessionsPerName === undefined) return undefined;
    const table = this.environment.clientTable();
    for (const other of this.registering)
      if (table.get(other) !== undefined || !isConnected(other)) this.registering.delete(other);
    if (table.get(clientId) !== undefined) return undefined;
    const prefix = identityPrefix(name);
    const isOwn = (other: string): boolean => other.startsWith(prefix);
    const rows = [...table];
    const waiting = [...this.registering].filter((other) => other !== clientId);
    const own = rows.filter(([other]) => isOwn(other)).length + waiting.filter(isOwn).length;
    const ended = rows.length + waiting.length + 1 - configuration.sessions;
    if (own < sessionsPerName || ended <= 0) return undefined;
    const silent = rows.toSorted(([, left], [, right]) => left.opNumber - right.opNumber).slice(0, ended);
    const isHarmed = silent.some(([other]) => !isOwn(other) && isConnected(other));
    if (!isHarmed) return undefined;
    return {
      because: 'sessions',
      reason:
        `the name ${JSON.stringify(name)} has all of its ${sessionsPerName} sessions (sessions_per_name), and another one would ` +
        'end that of a connected client',
    };
  }

  private rateProblem(name: string, kind: RequestKind): Refused | undefined {
    const rate = this.access.requestsPerSecondPerName;
    if (rate === undefined) return undefined;
    const now = this.environment.now();
    const buckets = this.buckets[kind];
    const { tokens, at } = buckets.get(name) ?? { tokens: rate, at: now };
    const filled = Math.min(rate, tokens + ((now - at) / 1000) * rate);
    buckets.set(name, { tokens: filled < 1 ? filled : filled - 1, at: now });
    if (filled >= 1) return undefined;
    return {
      because: 'rate',
      reason: `the name ${JSON.stringify(name)} makes more ${kind} than ${rate} in a second: requests_per_second_per_name`,
    };
  }
}

type RequestKind = 'requests' | 'registrations' | 'ends of sessions';

function kindOf(request: Request): RequestKind {
  if (request.requestNumber > 0) return 'requests';
  return endsSession(request) ? 'ends of sessions' : 'registrations';
}

function withoutRole(name: string, role: AccessRole): Refused {
  return { because: 'role', reason: lacks(name, role) };
}
