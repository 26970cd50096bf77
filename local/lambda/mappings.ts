// The event source mappings that there are, running or not. What is changed goes on with what is under way first:
//
//   Creating ──► Enabled ◄──enable, Enabling── Disabled        Updating: stops, and starts again with what it is now
//                   └──disable──► Disabling ──────► ▲           Deleting: stops, and is gone
import { ServiceError } from "../protocol/model.ts";
import type { Mapping, MappingConfiguration } from "./event-source-mapping.ts";
import { mappingNotFound } from "./refusals.ts";

type State = "Creating" | "Enabling" | "Enabled" | "Updating" | "Disabling" | "Disabled" | "Deleting";

export interface MappingState {
  configuration: MappingConfiguration;
  state: State;
  modifiedAt: Date;
  /** Made by a request: it outlives this process. What a program declares is put again with every start. */
  isKept: boolean;
}

interface Entry extends MappingState {
  running: Mapping | undefined;
  /** One change after the other. */
  changes: Promise<void>;
}

export class Mappings {
  readonly #start: (configuration: MappingConfiguration) => Mapping;
  readonly #entries = new Map<string, Entry>();
  #isStopped = false;

  constructor(start: (configuration: MappingConfiguration) => Mapping) {
    this.#start = start;
  }

  /** Of a program: creates or replaces; resolves when nothing runs of what it was before. */
  async put(configuration: MappingConfiguration): Promise<void> {
    const entry = this.#entries.get(configuration.id) ?? this.#add(configuration, { isKept: false });
    await this.#change(entry, "Updating", configuration);
  }

  /** Of a request. Answers at once, as all that follow: what it sets going shows in the state. */
  create(configuration: MappingConfiguration): MappingState {
    const entry = this.#add(configuration, { isKept: true });
    void this.#change(entry, "Creating", configuration);
    return entry;
  }

  update(configuration: MappingConfiguration): MappingState {
    const entry = this.#entry(configuration.id);
    const { enabled } = configuration;
    const isSwitched = enabled !== entry.configuration.enabled;
    const state = isSwitched ? (enabled ? "Enabling" : "Disabling") : "Updating";
    void this.#change(entry, state, configuration);
    return entry;
  }

  remove(id: string): MappingState {
    const entry = this.#entry(id);
    void this.#change(entry, "Deleting", { ...entry.configuration, enabled: false }).then(() =>
      this.#entries.delete(id),
    );
    return entry;
  }

  /** What requests made before this process: at rest until they are resumed. */
  restore(configuration: MappingConfiguration): void {
    this.#add(configuration, { isKept: true });
  }

  resume(): void {
    for (const entry of this.#entries.values())
      if (entry.configuration.enabled) entry.running ??= this.#start(entry.configuration);
  }

  all(): MappingState[] {
    return [...this.#entries.values()];
  }

  find(id: string): MappingState {
    return this.#entry(id);
  }

  /** Throws while it is changing. */
  checkSettled(id: string, verb: "update" | "delete"): MappingState {
    const entry = this.#entry(id);
    if (entry.state === "Enabled" || entry.state === "Disabled") return entry;
    const message = `Cannot ${verb} the event source mapping because it is in use.`;
    throw new ServiceError("ResourceInUseException", message, { status: 400 });
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    const all = [...this.#entries.values()];
    await Promise.all(all.flatMap(({ running, changes }) => [running?.stop(), changes]));
  }

  #add(configuration: MappingConfiguration, { isKept }: { isKept: boolean }): Entry {
    const entry: Entry = {
      ...{ configuration, isKept, state: configuration.enabled ? "Enabled" : "Disabled" },
      ...{ modifiedAt: new Date(), running: undefined, changes: Promise.resolve() },
    };
    this.#entries.set(configuration.id, entry);
    return entry;
  }

  #change(entry: Entry, state: State, configuration: MappingConfiguration): Promise<void> {
    Object.assign(entry, { state, configuration, modifiedAt: new Date() });
    entry.changes = entry.changes.then(async () => {
      await entry.running?.stop();
      const runs = configuration.enabled && !this.#isStopped;
      entry.running = runs ? this.#start(configuration) : undefined;
      if (entry.configuration === configuration) entry.state = configuration.enabled ? "Enabled" : "Disabled";
    });
    return entry.changes;
  }

  #entry(id: string): Entry {
    const entry = this.#entries.get(id);
    if (entry) return entry;
    throw mappingNotFound();
  }
}
