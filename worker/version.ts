// The build puts the version here; straight from source there is none.
declare const WORKER_VERSION: string | undefined;

export const workerVersion: string = typeof WORKER_VERSION === "undefined" ? "development" : WORKER_VERSION;
