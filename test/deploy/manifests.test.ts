import { readdirSync, readFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { startDevArguments } from "../../src/server/flags.ts";
import { parseWorkerOptions } from "../../workers/options.ts";

const folder = new URL("../../deploy/", import.meta.url);

function documents(file: string): unknown[] {
  return parseAllDocuments(readFileSync(new URL(file, folder), "utf8"), { merge: true }).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS() as unknown;
  });
}

const Service = z.strictObject({
  image: z.string().optional(),
  build: z.strictObject({ context: z.string(), dockerfile: z.string() }).optional(),
  restart: z.enum(["no", "always", "on-failure", "unless-stopped"]),
  command: z.array(z.string()),
  entrypoint: z.array(z.string()).optional(),
  network_mode: z.literal("service:temporal").optional(),
  environment: z.record(z.string(), z.string()).optional(),
  volumes: z.array(z.string()).default([]),
  ports: z.array(z.string().regex(/^127\.0\.0\.1:\d+:\d+$/, "published on loopback only")).optional(),
  depends_on: z.record(z.string(), z.strictObject({ condition: z.literal("service_healthy") })).optional(),
  healthcheck: z
    .strictObject({ test: z.array(z.string()), interval: z.string(), timeout: z.string(), retries: z.number() })
    .optional(),
  stop_grace_period: z.string().optional(),
  profiles: z.array(z.literal("remote-engine")).optional(),
  cpus: z.number().optional(),
  mem_limit: z.string().optional(),
});
const Compose = z.looseObject({
  name: z.string(),
  services: z.record(z.string(), Service),
  volumes: z.record(z.string(), z.null()),
});

const Labels = z.record(z.string(), z.string());
const Metadata = z.strictObject({ name: z.string(), labels: Labels });
const Container = z.strictObject({
  name: z.string(),
  image: z.string(),
  args: z.array(z.string()),
  env: z.array(z.looseObject({ name: z.string() })).optional(),
  envFrom: z.array(
    z.union([
      z.strictObject({ configMapRef: z.strictObject({ name: z.string() }) }),
      z.strictObject({ secretRef: z.strictObject({ name: z.string() }) }),
    ]),
  ),
  ports: z.array(z.strictObject({ name: z.string(), containerPort: z.number().int() })),
  resources: z.strictObject({ requests: Labels, limits: Labels }),
  volumeMounts: z.array(z.strictObject({ name: z.string(), mountPath: z.string() })),
});
const Pod = z.strictObject({
  terminationGracePeriodSeconds: z.number().int(),
  securityContext: z.looseObject({ runAsNonRoot: z.literal(true) }),
  containers: z.array(Container),
  volumes: z.array(
    z.strictObject({ name: z.string(), persistentVolumeClaim: z.strictObject({ claimName: z.string() }) }),
  ),
});
const Template = z.strictObject({ metadata: z.strictObject({ labels: Labels }), spec: Pod });
const WorkloadSpec = z.strictObject({
  replicas: z.number().int(),
  serviceName: z.string().optional(),
  selector: z.strictObject({ matchLabels: Labels }),
  template: Template,
});
const Workload = z.strictObject({
  apiVersion: z.literal("apps/v1"),
  kind: z.enum(["Deployment", "StatefulSet"]),
  metadata: Metadata,
  spec: WorkloadSpec,
});
const Claim = z.strictObject({
  apiVersion: z.literal("v1"),
  kind: z.literal("PersistentVolumeClaim"),
  metadata: Metadata,
  spec: z.strictObject({
    accessModes: z.array(z.literal("ReadWriteMany")),
    resources: z.strictObject({ requests: Labels }),
  }),
});
const Settings = z.strictObject({
  apiVersion: z.literal("v1"),
  kind: z.literal("ConfigMap"),
  metadata: Metadata,
  data: Labels,
});
const PodSelector = z.strictObject({ podSelector: z.strictObject({ matchLabels: Labels }) });
const Access = z.strictObject({
  apiVersion: z.literal("networking.k8s.io/v1"),
  kind: z.literal("NetworkPolicy"),
  metadata: Metadata,
  spec: PodSelector.extend({
    policyTypes: z.tuple([z.literal("Ingress")]),
    ingress: z.array(z.strictObject({ from: z.array(PodSelector) })),
  }),
});
const Manifest = z.union([Workload, Claim, Settings, Access]);

describe("compose file", () => {
  const [compose] = documents("compose.yaml").map((document) => Compose.parse(document));

  it("starts workers of both roles with options that workers understand", () => {
    const workers = Object.entries(compose?.services ?? {}).filter(([name]) => name.endsWith("-worker"));
    const roles = workers.map(([name, { command }]) => [name, parseWorkerOptions(command, {})?.role]);
    expect(Object.fromEntries(roles)).toEqual({
      "cpu-worker": "cpu",
      "gpu-worker": "gpu",
      "remote-engine-worker": "gpu",
    });
    for (const [, { environment }] of workers) expect(environment).toMatchObject({ MED_R3_ROOT: "/runs" });
  });

  it("has a profile for engines elsewhere, whose worker is told the servers and starts on no other wish", () => {
    const { "remote-engine-worker": remote, ...others } = compose?.services ?? {};
    expect(remote?.profiles).toEqual(["remote-engine"]);
    expect(Object.keys(remote?.environment ?? {})).toEqual(
      expect.arrayContaining(["MED_R3_SERVICES", "TINKER_API_KEY"]),
    );
    expect(Object.values(others).filter(({ profiles }) => profiles !== undefined)).toEqual([]);
  });

  it("lets pages to the UI, and HTTP to the server, no other way than on a laptop", () => {
    const { temporal, ui } = compose?.services ?? {};
    const shown = { host: "127.0.0.1", port: 8234 };
    const place = { databaseFile: "", port: 7233, ui: shown, metricsPort: 10080 };
    const laptop = startDevArguments(place).filter((_, index, all) => all[index - 1] === "--dynamic-config-value");
    expect(temporal?.command.flatMap((word) => /^--dynamic-config-value=(.*)$/u.exec(word)?.[1] ?? [])).toEqual(laptop);
    expect(temporal?.command).toEqual(
      expect.arrayContaining(["--ui-ip=127.0.0.1", "--ui-port=8234", "--metrics-port=10080"]),
    );
    expect(ui).toMatchObject({ network_mode: "service:temporal", entrypoint: ["node", "deploy/uiProxy.mjs"] });
    expect(readFileSync(new URL("uiProxy.mjs", folder), "utf8")).toContain('{ host: "127.0.0.1", port: 8234 }');
  });

  it("declares every volume that it mounts", () => {
    const mounted = Object.values(compose?.services ?? {}).flatMap(({ volumes }) =>
      volumes.map((volume) => volume.split(":")[0]),
    );
    expect(Object.keys(compose?.volumes ?? {})).toEqual(expect.arrayContaining(mounted));
  });
});

describe("Kubernetes manifests", () => {
  const read = (under: string) =>
    readdirSync(new URL(under, folder))
      .filter((file) => file.endsWith(".yaml"))
      .flatMap((file) => documents(`${under}${file}`).map((document) => Manifest.parse(document)));
  const [usual, remote] = [read("kubernetes/"), read("kubernetes/remote-engine/")];
  const manifests = [...usual, ...remote];
  const workloadsOf = (all: readonly z.infer<typeof Manifest>[]) =>
    all.filter(
      (manifest): manifest is z.infer<typeof Workload> =>
        manifest.kind === "Deployment" || manifest.kind === "StatefulSet",
    );
  const workloads = workloadsOf(manifests);

  it("run workers of both roles with options that workers understand", () => {
    const rolesOf = (all: readonly z.infer<typeof Manifest>[]) =>
      workloadsOf(all).flatMap(({ spec }) =>
        spec.template.spec.containers.map(
          ({ args }) =>
            parseWorkerOptions(
              args.map((arg) => arg.replace("$(POD_NAME)", "pod-0")),
              {},
            )?.role,
        ),
      );
    expect(new Set(rolesOf(usual))).toEqual(new Set(["cpu", "gpu"]));
    expect(rolesOf(usual)).toHaveLength(2);
    expect(rolesOf(remote)).toEqual(["gpu"]);
  });

  it("let nobody but the workers to a server that asks for no key", () => {
    const access = remote.flatMap((manifest) => (manifest.kind === "NetworkPolicy" ? [manifest.spec] : []));
    expect(access).toHaveLength(1);
    const allowed = access.flatMap(({ ingress }) => ingress.flatMap(({ from }) => from));
    for (const { podSelector } of allowed)
      for (const { spec } of workloads) expect(spec.template.metadata.labels).toMatchObject(podSelector.matchLabels);
    expect(allowed).toHaveLength(1);
  });

  it("select apart: no workload takes another's pods for its own", () => {
    for (const one of workloads)
      for (const other of workloads.filter((candidate) => candidate !== one))
        expect(other.spec.template.metadata.labels).not.toMatchObject(one.spec.selector.matchLabels);
  });

  it("select the pods that they make, and mount volumes, settings and secrets that exist by name", () => {
    const claims = manifests
      .filter(({ kind }) => kind === "PersistentVolumeClaim")
      .map(({ metadata }) => metadata.name);
    for (const { spec } of workloads) {
      expect(spec.template.metadata.labels).toMatchObject(spec.selector.matchLabels);
      const { containers, volumes } = spec.template.spec;
      for (const volume of volumes) expect(claims).toContain(volume.persistentVolumeClaim.claimName);
      for (const { volumeMounts } of containers)
        expect(volumes.map(({ name }) => name)).toEqual(volumeMounts.map(({ name }) => name));
    }
  });

  it("hold no secret", () => {
    const settings = manifests.flatMap((manifest) => (manifest.kind === "ConfigMap" ? Object.keys(manifest.data) : []));
    expect(settings.filter((name) => /KEY|TOKEN|PASSWORD|SECRET/.test(name))).toEqual([]);
  });
});
