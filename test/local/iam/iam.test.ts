// Who may do what. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
import { expect } from "chai";
import { createIam, type Iam } from "../../../local/iam/iam.ts";
import type { Principal } from "../../../local/iam/principal.ts";

const ACCOUNT = "000000000000";
const ROLE = `arn:aws:iam::${ACCOUNT}:role/worker`;
const BUCKET = "arn:aws:s3:::photos";
const root: Principal = { kind: "root", arn: `arn:aws:iam::${ACCOUNT}:root` };
const worker: Principal = {
  kind: "role",
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/worker/session`,
  role: ROLE,
};
const s3: Principal = { kind: "service", arn: "s3.amazonaws.com" };

type Statement = Record<string, unknown>;
const policy = (...Statement: Statement[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const allow = (more: Statement): Statement => ({ Effect: "Allow", Action: "*", Resource: "*", ...more });
const deny = (more: Statement): Statement => ({ Effect: "Deny", Action: "*", Resource: "*", ...more });

interface Asked {
  principal?: Principal;
  action?: string;
  resource?: string;
  context?: Record<string, string>;
}

/** Whether a request is allowed, by the policies of the worker's role and of the resource. */
function decide(identity: Statement[], asked: Asked = {}, resource: Statement[] = []): boolean {
  const iam = createIam(ACCOUNT);
  iam.putRole(ROLE, policy(allow({ Principal: { Service: "lambda.amazonaws.com" } })));
  if (identity.length > 0) iam.putRolePolicy(ROLE, "inline", policy(...identity));
  const request = {
    principal: worker,
    action: "s3:GetObject",
    resource: `${BUCKET}/cat.jpg`,
    context: {},
    ...asked,
    ...(resource.length > 0 && { resourcePolicy: policy(...resource) }),
  };
  try {
    iam.authorize(request);
    return true;
  } catch (error) {
    expect(error).to.include({ name: "AccessDenied", status: 403 });
    return false;
  }
}

describe("iam", () => {
  it("denies a role what nothing allows", () => {
    expect(decide([])).to.equal(false);
    expect(decide([allow({ Action: "s3:PutObject" })])).to.equal(false);
  });

  it("allows root everything that nothing denies", () => {
    expect(decide([], { principal: root })).to.equal(true);
    expect(decide([], { principal: root }, [deny({ Principal: "*" })])).to.equal(false);
    for (const AWS of [ACCOUNT, root.arn])
      expect(decide([], { principal: root }, [deny({ Principal: { AWS } })])).to.equal(false);
    for (const AWS of ["999999999999", "arn:aws:iam::999999999999:root"])
      expect(decide([], { principal: root }, [deny({ Principal: { AWS } })])).to.equal(true);
  });

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
  it("denies all of an account's principals where the account is denied, and lets none in where it is allowed", () => {
    for (const AWS of [ACCOUNT, root.arn]) {
      expect(decide([allow({})], {}, [deny({ Principal: { AWS } })])).to.equal(false);
      expect(decide([], {}, [allow({ Principal: { AWS } })])).to.equal(false);
    }
    for (const AWS of ["999999999999", "arn:aws:iam::999999999999:root"])
      expect(decide([allow({})], {}, [deny({ Principal: { AWS } })])).to.equal(true);
  });

  it("allows by the role's policies or by the resource's", () => {
    expect(decide([allow({ Action: "s3:GetObject" })])).to.equal(true);
    expect(decide([], {}, [allow({ Principal: { AWS: ROLE } })])).to.equal(true);
  });

  it("lets an explicit deny win over every allow, wherever either stands", () => {
    expect(decide([allow({}), deny({ Action: "s3:Get*" })])).to.equal(false);
    expect(decide([deny({ Action: "s3:Get*" }), allow({})])).to.equal(false);
    expect(decide([allow({})], {}, [deny({ Principal: "*" })])).to.equal(false);
    expect(decide([deny({})], {}, [allow({ Principal: "*" })])).to.equal(false);
    expect(decide([allow({}), deny({ Action: "s3:PutObject" })])).to.equal(true);
  });

  const actions: [pattern: unknown, matches: boolean][] = [
    ["s3:GetObject", true],
    ["S3:getobject", true],
    ["s3:Get*", true],
    ["s3:*", true],
    ["*", true],
    ["s3:Get?bject", true],
    [["s3:PutObject", "s3:GetObject"], true],
    ["s3:GetObjectVersion", false],
    ["s3:Get", false],
    ["sqs:*", false],
    ["s3.GetObject", false],
  ];
  for (const [Action, matches] of actions) {
    it(`${matches ? "matches" : "does not match"} s3:GetObject with the action ${JSON.stringify(Action)}`, () => {
      expect(decide([allow({ Action })])).to.equal(matches);
      expect(decide([allow({ Action: undefined, NotAction: Action })]), "NotAction").to.equal(!matches);
    });
  }

  const resources: [pattern: unknown, matches: boolean][] = [
    [`${BUCKET}/cat.jpg`, true],
    [`${BUCKET}/*`, true],
    [`${BUCKET}/c?t.*`, true],
    [[`${BUCKET}-other/*`, `${BUCKET}/*`], true],
    [BUCKET, false],
    [`${BUCKET}/CAT.jpg`, false],
    [`${BUCKET}/catsjpg`, false],
    ["arn:aws:s3:::photo/*", false],
  ];
  for (const [Resource, matches] of resources) {
    it(`${matches ? "matches" : "does not match"} photos/cat.jpg with the resource ${JSON.stringify(Resource)}`, () => {
      expect(decide([allow({ Resource })])).to.equal(matches);
      expect(decide([allow({ Resource: undefined, NotResource: Resource })]), "NotResource").to.equal(
        !matches,
      );
    });
  }

  const principals: [element: unknown, who: Principal, matches: boolean][] = [
    ["*", worker, true],
    [{ AWS: "*" }, worker, true],
    [{ AWS: ROLE }, worker, true],
    [{ AWS: [`${ROLE}2`, ROLE] }, worker, true],
    [{ AWS: worker.arn }, worker, true],
    [{ AWS: `${ROLE}2` }, worker, false],
    [{ Service: "s3.amazonaws.com" }, worker, false],
    [{ Service: "s3.amazonaws.com" }, s3, true],
    [{ Service: ["sns.amazonaws.com", "s3.amazonaws.com"] }, s3, true],
    [{ Service: "sns.amazonaws.com" }, s3, false],
    [{ AWS: ROLE }, s3, false],
  ];
  for (const [Principal, principal, matches] of principals) {
    it(`${matches ? "takes" : "does not take"} ${principal.arn.split(":").at(-1)} for ${JSON.stringify(Principal)}`, () => {
      expect(decide([], { principal }, [allow({ Principal })])).to.equal(matches);
    });
  }

  const source = { "aws:SourceArn": BUCKET, "aws:SourceAccount": ACCOUNT, "aws:SecureTransport": "true" };
  const conditions: [condition: Record<string, unknown>, holds: boolean][] = [
    [{ ArnEquals: { "aws:SourceArn": BUCKET } }, true],
    [{ ArnEquals: { "aws:SourceArn": `${BUCKET}-other` } }, false],
    [{ ArnLike: { "aws:SourceArn": "arn:aws:s3:*:*:photos" } }, true],
    [{ ArnLike: { "aws:SourceArn": "arn:aws:s3:::pho*" } }, true],
    [{ ArnNotLike: { "aws:SourceArn": "arn:aws:s3:::pho*" } }, false],
    [{ StringEquals: { "aws:SourceAccount": ACCOUNT } }, true],
    [{ StringEquals: { "AWS:sourceaccount": ACCOUNT } }, true],
    [{ StringEquals: { "aws:SourceAccount": ["111111111111", ACCOUNT] } }, true],
    [{ StringEquals: { "aws:SourceAccount": "111111111111" } }, false],
    [{ StringNotEquals: { "aws:SourceAccount": "111111111111" } }, true],
    [{ StringNotEquals: { "aws:SourceAccount": [ACCOUNT, "111111111111"] } }, false],
    [{ StringLike: { "aws:SourceAccount": "0*" } }, true],
    [{ Bool: { "aws:SecureTransport": "true" } }, true],
    [{ Bool: { "aws:SecureTransport": true } }, true],
    [{ Bool: { "aws:SecureTransport": "false" } }, false],
    [{ StringEquals: { "s3:prefix": "in/" } }, false],
    [{ StringEqualsIfExists: { "s3:prefix": "in/" } }, true],
    [{ StringNotEquals: { "s3:prefix": "in/" } }, true],
    [{ ArnEquals: { "aws:SourceArn": BUCKET }, StringEquals: { "aws:SourceAccount": "1" } }, false],
    [{ StringEquals: { "aws:SourceArn": BUCKET, "aws:SourceAccount": "1" } }, false],
    [{ Bool: { "aws:PrincipalIsAWSService": "true" } }, true],
  ];
  for (const [Condition, holds] of conditions) {
    it(`${holds ? "holds" : "does not hold"}: ${JSON.stringify(Condition)}`, () => {
      const statement = allow({ Principal: { Service: "s3.amazonaws.com" }, Condition });
      expect(decide([], { principal: s3, context: source }, [statement])).to.equal(holds);
    });
  }

  it("knows the role behind a session", () => {
    const only = (arn: string) => allow({ Condition: { ArnEquals: { "aws:PrincipalArn": arn } } });
    expect(decide([only(ROLE)])).to.equal(true);
    expect(decide([only(`${ROLE}2`)])).to.equal(false);
    expect(decide([allow({ Condition: { StringEquals: { "aws:PrincipalAccount": ACCOUNT } } })])).to.equal(
      true,
    );
  });

  it("says who, what, on what, and why", () => {
    const ask = (statements: Statement[]) => () => {
      const iam = createIam(ACCOUNT);
      iam.putRole(ROLE, policy(allow({ Principal: "*" })));
      iam.putRolePolicy(ROLE, "inline", policy(...statements));
      iam.authorize({ principal: worker, action: "s3:PutObject", resource: `${BUCKET}/a`, context: {} });
    };
    const message = `User: ${worker.arn} is not authorized to perform: s3:PutObject on resource: "${BUCKET}/a"`;
    expect(ask([allow({ Action: "s3:GetObject" })])).to.throw(
      `${message} because no identity-based policy allows the s3:PutObject action`,
    );
    expect(ask([deny({})])).to.throw(`${message} with an explicit deny`);
  });
});

describe("a policy that is put", () => {
  const iam = createIam(ACCOUNT);
  const refused: Record<string, string> = {
    "no JSON": "{",
    "a list": "[]",
    "no statement": "{}",
    "a statement that is text": policy("allow" as never),
    "an unknown effect": policy(allow({ Effect: "Maybe" })),
    "an unknown element": policy(allow({ Actions: "*" })),
    "no action": policy(allow({ Action: undefined })),
    "both Action and NotAction": policy(allow({ NotAction: "s3:*" })),
    "both Resource and NotResource": policy(allow({ NotResource: "*" })),
    NotPrincipal: policy(allow({ NotPrincipal: "*" })),
    "an operator that is not understood": policy(
      allow({ Condition: { IpAddress: { "aws:SourceIp": "::1" } } }),
    ),
    "an operator that every object has": policy(
      allow({ Condition: { constructor: { "aws:SourceArn": "x" } } }),
    ),
    "a key that is not understood": policy(allow({ Condition: { StringEquals: { "aws:SourceVpc": "v" } } })),
    "a variable": policy(allow({ Resource: `${BUCKET}/\${aws:username}` })),
  };
  for (const [what, text] of Object.entries(refused)) {
    it(`is refused with ${what}, rather than half understood`, () => {
      expect(() => iam.checkPolicy(text))
        .to.throw()
        .with.property("name", "MalformedPolicyDocument");
    });
  }

  it("may have one statement without a list", () => {
    iam.checkPolicy(JSON.stringify({ Statement: allow({}) }));
  });
});

describe("roles", () => {
  const lambda = policy(allow({ Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } }));
  const assume = (iam: Iam, service = "lambda.amazonaws.com") => iam.assumeRole(ROLE, service, "session");

  it("are assumed by the service that they trust, and no other", () => {
    const iam = createIam(ACCOUNT);
    iam.putRole(ROLE, lambda);
    const { accessKeyId, sessionToken } = assume(iam);
    expect(iam.lookup(accessKeyId)).to.deep.include({ principal: worker, sessionToken });
    expect(() => assume(iam, "ec2.amazonaws.com")).to.throw("cannot be assumed");
  });

  it("cannot be assumed when there is none", () => {
    expect(() => assume(createIam(ACCOUNT))).to.throw("cannot be assumed");
  });

  it("have sessions that follow their policies as they change", () => {
    const iam = createIam(ACCOUNT);
    iam.putRole(ROLE, lambda);
    const { principal } = iam.lookup(assume(iam).accessKeyId)!;
    const ask = () =>
      iam.authorize({ principal, action: "s3:GetObject", resource: `${BUCKET}/a`, context: {} });
    expect(ask).to.throw();
    iam.putRolePolicy(ROLE, "read", policy(allow({ Action: "s3:GetObject" })));
    ask();
    iam.putRolePolicy(ROLE, "read", policy(allow({ Action: "s3:PutObject" })));
    expect(ask).to.throw();
  });

  it("keep their policies when they are put again", () => {
    const iam = createIam(ACCOUNT);
    iam.putRole(ROLE, lambda);
    iam.putRolePolicy(ROLE, "all", policy(allow({})));
    iam.putRole(ROLE, lambda);
    iam.authorize({ principal: worker, action: "s3:GetObject", resource: `${BUCKET}/a`, context: {} });
  });

  it("must be there before their policies", () => {
    expect(() => createIam(ACCOUNT).putRolePolicy(ROLE, "all", policy(allow({})))).to.throw(
      "cannot be found",
    );
  });
});
