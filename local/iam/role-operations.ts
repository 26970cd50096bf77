// Roles: create, describe, list, change whom they trust, delete.
import type {
  CreateRoleRequest,
  DeleteRoleRequest,
  GetRoleRequest,
  ListRolesRequest,
  UpdateAssumeRolePolicyRequest,
} from "@aws-sdk/client-iam";
import type { RpcHandler } from "../protocol/aws-json.ts";
import { ServiceError } from "../protocol/model.ts";
import { percentEncode } from "../protocol/percent-encode.ts";
import {
  authorize,
  changeRole,
  checkName,
  type IamContext,
  ownRole,
  pageOf,
  permittedRole,
  roleArn,
} from "./context.ts";
import { checkTrustPolicy } from "./documents.ts";
import { bareRole, type Role } from "./roles.ts";
import { checkTags, toTags } from "./tags.ts";
import { invalid, lengthProblem, rangeProblem, validate } from "./validation.ts";

export function roleHandlers(context: IamContext): Record<string, RpcHandler> {
  const { database, iam } = context;
  const { roles } = iam;
  return {
    CreateRole: async (input: CreateRoleRequest, request) => {
      const role = requestedRole(context, input);
      authorize(context, request, "CreateRole", role.arn);
      await database.write(() => {
        if (roles.find(role.name)) throw alreadyExists(role.name);
        roles.write(role);
      });
      return { Role: { ...basics(role), ...tagsOf(role) } };
    },
    GetRole: async ({ RoleName }: GetRoleRequest, request) => {
      const role = permittedRole(context, request, "GetRole", RoleName);
      return { Role: { ...describe(role), ...tagsOf(role), RoleLastUsed: {} } };
    },
    ListRoles: async ({ PathPrefix = "/", Marker = "", MaxItems }: ListRolesRequest, request) => {
      validate(lengthProblem("pathPrefix", PathPrefix.length, [1, 512]));
      authorize(context, request, "ListRoles", roleArn(context, PathPrefix, ""));
      const { page, more } = pageOf<Role>(
        MaxItems,
        ({ name }) => name,
        (most) => roles.after(Marker, PathPrefix, most),
      );
      return { Roles: page.map(describe), ...more };
    },
    UpdateAssumeRolePolicy: async (input: UpdateAssumeRolePolicyRequest, request) => {
      const { RoleName, PolicyDocument: trust = "" } = input;
      checkTrustPolicy(trust);
      await changeRole(context, request, "UpdateAssumeRolePolicy", RoleName, (role) => ({ ...role, trust }));
      return undefined;
    },
    DeleteRole: async ({ RoleName }: DeleteRoleRequest, request) => {
      const { name } = permittedRole(context, request, "DeleteRole", RoleName);
      await database.write(() => {
        const { policies } = ownRole(context, name);
        if (Object.keys(policies).length > 0) throw hasPolicies();
        roles.delete(name);
      });
      return undefined;
    },
  };
}

function requestedRole(context: IamContext, input: CreateRoleRequest): Role {
  const { RoleName: name = "", Path: path = "/", AssumeRolePolicyDocument: trust = "" } = input;
  const { Description, MaxSessionDuration = 3600, PermissionsBoundary, Tags = [] } = input;
  checkName("roleName", name, 64);
  validate(
    lengthProblem("path", path.length, [1, 512]),
    lengthProblem("description", Description?.length ?? 0, [0, 1000]),
    rangeProblem("maxSessionDuration", MaxSessionDuration, [3600, 43_200]),
  );
  if (!/^\/([\x21-\x7e]+\/)?$/.test(path))
    throw invalid(
      "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.",
    );
  if (PermissionsBoundary !== undefined)
    throw invalid("Expected no value for PermissionsBoundary, which is not served here.");
  checkTrustPolicy(trust);
  return {
    ...bareRole(roleArn(context, path, name), Math.floor(context.now() / 1000) * 1000),
    trust,
    maxSessionSeconds: MaxSessionDuration,
    tags: checkTags(Tags),
    ...(Description !== undefined && { description: Description }),
  };
}

function basics({ path, name, id, arn, createdMs, trust }: Role) {
  return {
    Path: path,
    RoleName: name,
    RoleId: id,
    Arn: arn,
    CreateDate: new Date(createdMs),
    AssumeRolePolicyDocument: percentEncode(trust),
  };
}

/** What CreateRole does not tell, as recorded of AWS, and lists tell without tags. */
function describe(role: Role) {
  const { description, maxSessionSeconds } = role;
  return {
    ...basics(role),
    ...(description !== undefined && { Description: description }),
    MaxSessionDuration: maxSessionSeconds,
  };
}

function tagsOf({ tags }: Role) {
  return Object.keys(tags).length === 0 ? {} : { Tags: toTags(tags) };
}

function alreadyExists(name: string): ServiceError {
  return new ServiceError("EntityAlreadyExists", `Role with name ${name} already exists.`, { status: 409 });
}

function hasPolicies(): ServiceError {
  const message = "Cannot delete entity, must delete policies first.";
  return new ServiceError("DeleteConflict", message, { status: 409 });
}
