// Inline policies of roles.
import type {
  DeleteRolePolicyRequest,
  GetRolePolicyRequest,
  ListRolePoliciesRequest,
  PutRolePolicyRequest,
} from "@aws-sdk/client-iam";
import type { RpcHandler } from "../protocol/aws-json.ts";
import { percentEncode } from "../protocol/percent-encode.ts";
import { changeRole, checkName, type IamContext, noSuchEntity, pageOf, permittedRole } from "./context.ts";
import { checkInlinePolicy, checkInlineSize } from "./documents.ts";

const MAX_NAME_LENGTH = 128;

export function policyHandlers(context: IamContext): Record<string, RpcHandler> {
  return {
    PutRolePolicy: async (input: PutRolePolicyRequest, request) => {
      const { RoleName, PolicyName: name = "", PolicyDocument: document = "" } = input;
      checkName("policyName", name, MAX_NAME_LENGTH);
      checkInlinePolicy(document);
      await changeRole(context, request, "PutRolePolicy", RoleName, (role) => {
        const changed = { ...role, policies: { ...role.policies, [name]: document } };
        checkInlineSize(changed);
        return changed;
      });
      return undefined;
    },
    GetRolePolicy: async ({ RoleName, PolicyName: name = "" }: GetRolePolicyRequest, request) => {
      const role = permittedRole(context, request, "GetRolePolicy", RoleName);
      const document = new Map(Object.entries(role.policies)).get(name);
      if (document === undefined) throw noSuchEntity("role policy", name);
      return { RoleName: role.name, PolicyName: name, PolicyDocument: percentEncode(document) };
    },
    ListRolePolicies: async (input: ListRolePoliciesRequest, request) => {
      const { RoleName, Marker = "", MaxItems } = input;
      const { policies } = permittedRole(context, request, "ListRolePolicies", RoleName);
      const names = Object.keys(policies)
        .filter((name) => name > Marker)
        .sort();
      const { page, more } = pageOf<string>(
        MaxItems,
        (name) => name,
        (most) => names.slice(0, most),
      );
      return { PolicyNames: page, ...more };
    },
    DeleteRolePolicy: async ({ RoleName, PolicyName: name = "" }: DeleteRolePolicyRequest, request) => {
      await changeRole(context, request, "DeleteRolePolicy", RoleName, (role) => {
        if (!Object.hasOwn(role.policies, name)) throw noSuchEntity("role policy", name);
        const others = Object.entries(role.policies).filter(([other]) => other !== name);
        return { ...role, policies: Object.fromEntries(others) };
      });
      return undefined;
    },
  };
}
