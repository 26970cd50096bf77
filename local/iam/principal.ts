// Who asks.

export interface Principal {
  kind: "root" | "role" | "service";
  /** Of a role: the arn of its session. Of a service: its name, such as `s3.amazonaws.com`. */
  arn: string;
  /** Of a session: the arn of its role. That of the session says nothing of the role's path. */
  role?: string;
}

/** As policies name it, and `aws:PrincipalArn` has it: a session acts as its role. */
export function actsAs({ arn, role }: Principal): string {
  return role ?? arn;
}
