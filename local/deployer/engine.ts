// Pulumi's engine as a program sees it: the gRPC services ResourceMonitor and Engine, cut down to what Node.js programs use.
// The protocol is internal to Pulumi, so the SDK's version is pinned. Whatever is not here answers UNIMPLEMENTED.
// https://github.com/pulumi/pulumi/blob/master/proto/pulumi/resource.proto
import { type handleUnaryCall, Server, ServerCredentials, status } from "@grpc/grpc-js";
import { EngineService, type IEngineServer } from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engineMessages from "@pulumi/pulumi/proto/engine_pb.js";
import {
  type IResourceMonitorServer,
  ResourceMonitorService,
} from "@pulumi/pulumi/proto/resource_grpc_pb.js";
import resourceMessages from "@pulumi/pulumi/proto/resource_pb.js";
import emptyMessages from "google-protobuf/google/protobuf/empty_pb.js";
import structMessages from "google-protobuf/google/protobuf/struct_pb.js";
import type { Registry } from "./registry.ts";
import { type Inputs, toPlain, type Unknowns, urnsByInput } from "./values.ts";

export interface Engine {
  /** `host:port` */
  address: string;
  close(): void;
}

export interface Duties {
  registry: Registry;
  invoke(token: string): Inputs;
  log(line: string): void;
  unknowns: Unknowns;
}

export async function serveEngine(duties: Duties): Promise<Engine> {
  const server = new Server();
  server.addService(ResourceMonitorService, monitor(duties) as IResourceMonitorServer);
  server.addService(EngineService, engine(duties) as IEngineServer);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { address: `127.0.0.1:${port}`, close: () => server.forceShutdown() };
}

const { ResourceMonitorFeature } = resourceMessages;
const FEATURES = [
  ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_SECRETS,
  ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
];

function monitor({ registry, invoke, unknowns }: Duties): Partial<IResourceMonitorServer> {
  const unary = unaryOf(registry);
  return {
    getDeploymentInfo: unary(() => new resourceMessages.DeploymentInfo().setSupportedfeaturesList(FEATURES)),
    supportsFeature: unary(() => new resourceMessages.SupportsFeatureResponse().setHassupport(false)),
    registerResource: unary(async (request) => {
      if (request.getRemote())
        throw new Error("Expected components in TypeScript, but received a remote one.");
      const { urn, id, outputs } = await registry.register({
        type: request.getType(),
        name: request.getName(),
        parent: request.getParent(),
        custom: request.getCustom(),
        inputs: fromStruct(request.getObject(), unknowns),
        dependsOn: request.getDependenciesList(),
        propertyDependencies: urnsByInput(request),
        protect: request.getProtect() ?? false,
        declaredAt: positionOf(request.getSourceposition()),
      });
      return new resourceMessages.RegisterResourceResponse()
        .setUrn(urn)
        .setId(id)
        .setObject(toStruct(outputs));
    }),
    registerResourceOutputs: unary((request) => {
      registry.setOutputs(request.getUrn(), fromStruct(request.getOutputs(), unknowns));
      return new emptyMessages.Empty();
    }),
    invoke: unary((request) =>
      new resourceMessages.ResourceInvokeResponse().setReturn(toStruct(invoke(request.getTok()))),
    ),
    signalAndWaitForShutdown: unary(() => new emptyMessages.Empty()),
  };
}

function engine({ registry, log }: Duties): Partial<IEngineServer> {
  const unary = unaryOf(registry);
  return {
    log: unary((request) => {
      const message = request.getMessage().trimEnd();
      // The program's own words: an error it reports is the deployment's failure.
      if (request.getSeverity() === engineMessages.LogSeverity.ERROR) registry.fail(message);
      else if (request.getSeverity() !== engineMessages.LogSeverity.DEBUG) log(message);
      return new emptyMessages.Empty();
    }),
    getRootResource: unary(() => new engineMessages.GetRootResourceResponse().setUrn(registry.stackUrn())),
    setRootResource: unary(() => new engineMessages.SetRootResourceResponse()),
    requirePulumiVersion: unary(() => new engineMessages.RequirePulumiVersionResponse()),
  };
}

/**
 * The first error is the deployment's. To the SDK, UNAVAILABLE means that the engine is shutting down: it stops the program
 * instead of reporting more of them.
 */
function unaryOf(registry: Registry) {
  return <Request, Response>(
    answer: (request: Request) => Response | Promise<Response>,
  ): handleUnaryCall<Request, Response> =>
    (call, callback) => {
      Promise.resolve(call.request)
        .then(answer)
        .then(
          (response) => callback(null, response),
          (error: Error) => {
            registry.fail(error.message);
            callback({ code: status.UNAVAILABLE, message: error.message });
          },
        );
    };
}

function fromStruct(struct: structMessages.Struct | undefined, unknowns: Unknowns): Inputs {
  return toPlain(struct?.toJavaScript() ?? {}, unknowns) as Inputs;
}

function toStruct(value: Inputs): structMessages.Struct {
  return structMessages.Struct.fromJavaScript(value as Record<string, structMessages.JavaScriptValue>);
}

/** Of ES modules the SDK gives `file:///project/file:/project/infra/queues.ts`. */
function positionOf(position: { getUri(): string; getLine(): number } | undefined): string {
  if (!position) return "an unknown place";
  return `${position.getUri().replace(/^.*file:\/+/, "/")}:${position.getLine()}`;
}
