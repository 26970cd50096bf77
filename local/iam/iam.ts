// IAM: roles and their sessions, and the decision on every request.
import { ServiceError } from "../protocol/model.ts";
import { type Database, openDatabase } from "../storage/database.ts";
import { createDecisions, type Decisions } from "./decisions.ts";
import type { Principal } from "./principal.ts";
import { declaredRole, openRoles, partsOf, type Role, type Roles } from "./roles.ts";
import { type Credentials, findSession, newCredentials, openSessions, type Session } from "./sessions.ts";

export type { Credentials } from "./sessions.ts";

export interface Iam extends Pick<Decisions, "authorize" | "checkPolicy"> {
  /** Whoever has these may do anything a resource policy does not deny. */
  rootCredentials: Credentials;
  roles: Roles;
  /** Creates or replaces a role, as a program declares it. */
  putRole(arn: string, trustPolicy: string): void;
  putRolePolicy(roleArn: string, name: string, policy: string): void;
  /**
   * A session of the role, assumed by a service such as `lambda.amazonaws.com`, or by whom; it ends with the process. Throws
   * what Lambda says when the trust policy refuses.
   */
  assumeRole(roleArn: string, assumer: string | Principal, sessionName: string): Credentials;
  /** A session that nobody knows yet. Undefined for who may not assume the role, and when there is none. */
  newSession(roleArn: string, assumer: Principal, asked: AskedSession): Session | undefined;
  lookup(accessKeyId: string): Identity | undefined;
}

interface AskedSession {
  name: string;
  expiresMs: number;
  /** Condition keys, such as `sts:ExternalId`. */
  context?: Record<string, string>;
}

interface Identity {
  secretAccessKey: string;
  principal: Principal;
  /** Of a session: it must come with every request. */
  sessionToken?: string;
  /** Of a session. */
  expiresMs?: number;
}

interface IamOptions {
  /** Where what is made over the wire is kept; in memory, when absent. */
  database?: Database;
  now?(): number;
}

export function createIam(accountId: string, options: IamOptions = {}): Iam {
  const { database = openDatabase(":memory:"), now = Date.now } = options;
  const rootCredentials: Credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const root: Principal = { kind: "root", arn: `arn:aws:iam::${accountId}:root` };
  const roles = openRoles(database);
  openSessions(database);
  const sessionsOfServices = new Map<string, Session>();
  const { authorize, checkPolicy, mayAssume } = createDecisions(root, findRole);

  function findRole(arn: string): Role | undefined {
    const role = roles.find(partsOf(arn).name);
    return role?.arn === arn ? role : undefined;
  }

  function newSession(roleArn: string, assumer: Principal, asked: AskedSession): Session | undefined {
    const { name, expiresMs, context = {} } = asked;
    const role = findRole(roleArn);
    if (!role || !mayAssume(role, assumer, context)) return undefined;
    const arn = `arn:aws:sts::${accountId}:assumed-role/${role.name}/${name}`;
    const principal = { kind: "role", arn, role: role.arn } as const;
    return { credentials: newCredentials(), principal, roleId: role.id, expiresMs };
  }

  return {
    rootCredentials,
    roles,
    authorize,
    checkPolicy,
    putRole(arn, trustPolicy) {
      checkPolicy(trustPolicy);
      const before = roles.isDeclared(partsOf(arn).name) ? findRole(arn) : undefined;
      roles.declare({ ...(before ?? declaredRole(arn, now())), trust: trustPolicy });
    },
    putRolePolicy(roleArn, name, policy) {
      checkPolicy(policy);
      const role = findRole(roleArn);
      if (!role)
        throw new ServiceError("NoSuchEntity", `The role ${roleArn} cannot be found.`, { status: 404 });
      const put = roles.isDeclared(role.name) ? roles.declare : roles.write;
      put({ ...role, policies: { ...role.policies, [name]: policy } });
    },
    assumeRole(roleArn, assumer, name) {
      const who: Principal = typeof assumer === "string" ? { kind: "service", arn: assumer } : assumer;
      const session = newSession(roleArn, who, { name, expiresMs: Number.POSITIVE_INFINITY });
      if (!session) throw cannotBeAssumed();
      sessionsOfServices.set(session.credentials.accessKeyId, session);
      return session.credentials;
    },
    newSession,
    lookup(accessKeyId) {
      if (accessKeyId === rootCredentials.accessKeyId) return { ...rootCredentials, principal: root };
      const session = sessionsOfServices.get(accessKeyId) ?? findSession(database, accessKeyId);
      if (!session || findRole(session.principal.role)?.id !== session.roleId) return undefined;
      const { credentials, principal, expiresMs } = session;
      return { ...credentials, principal, expiresMs };
    },
  };
}

function cannotBeAssumed(): ServiceError {
  const message = "The role defined for the function cannot be assumed by Lambda.";
  return new ServiceError("InvalidParameterValueException", message, { status: 400 });
}
