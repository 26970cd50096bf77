// Who asks.

export interface Principal {
  kind: "root" | "role" | "service";
  /** Of a role: the arn of its session. Of a service: its name, such as `s3.amazonaws.com`. */
  arn: string;
}
