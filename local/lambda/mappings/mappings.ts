// The event source mappings that there are, running or not. What is changed goes on with what is under way first:
//
//   Creating ──► Enabled ◄──enable, Enabling── Disabled        Updating: stops, and starts again with what it is now
//                   └──disable──► Disabling ──────► ▲           Deleting: stops, and is gone
import { ServiceError } from "../../protocol/model.ts";
import { mappingNotFound } from "../refusals.ts";
import type { Mapping, MappingConfiguration } from "./event-source-mapping.ts";

type State = "Creating" | "Enabling" | "Enabled" | "Updating" | "Disabling" | "Disabled" | "Deleting";

interface Changed {
  configuration: MappingConfiguration;
  modifiedAt: Date;
}

export interface MappingState extends Changed {
  state: State;
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
    const changed = { configuration, modifiedAt: new Date() };
    const entry = this.#entries.get(configuration.id) ?? this.#add(changed, { isKept: false });
    await this.#change(entry, "Updating", changed);
  }

  /** Of a request. Answers at once, as all that follow: what it sets going shows in the state. */
  create(created: Changed): MappingState {
    const entry = this.#add(created, { isKept: true });
    void this.#change(entry, "Creating", created);
    return entry;
  }

  update(changed: Changed): MappingState {
    const entry = this.#entry(changed.configuration.id);
    const { enabled } = changed.configuration;
    const isSwitched = enabled !== entry.configuration.enabled;
    const state = isSwitched ? (enabled ? "Enabling" : "Disabling") : "Updating";
    void this.#change(entry, state, changed);
    return entry;
  }

  remove(id: string): MappingState {
    const entry = this.#entry(id);
    const stopped = { configuration: { ...entry.configuration, enabled: false }, modifiedAt: new Date() };
    void this.#change(entry, "Deleting", stopped).then(() => this.#entries.delete(id));
    return entry;
  }

  /** What requests made before this process: at rest until they are resumed. */
  restore(kept: Changed): void {
    this.#add(kept, { isKept: true });
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

  #add({ configuration, modifiedAt }: Changed, { isKept }: { isKept: boolean }): Entry {
    const entry: Entry = {
      ...{ configuration, modifiedAt, isKept, state: configuration.enabled ? "Enabled" : "Disabled" },
      ...{ running: undefined, changes: Promise.resolve() },
    };
    this.#entries.set(configuration.id, entry);
    return entry;
  }

  #change(entry: Entry, state: State, { configuration, modifiedAt }: Changed): Promise<void> {
    Object.assign(entry, { state, configuration, modifiedAt });
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
