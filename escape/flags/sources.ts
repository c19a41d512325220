import type { Manifest } from "@estate/clients";
import { askedWhoItIs, noIdentity, object, others, own, ready, secret, type FlagAttack, type Scene } from "./attack";
import { ambientKey } from "./outside";

// What fetches: source-controller and the two image controllers.

const named = ({ round }: Scene, what: string): string => `${what}-${round}`;

const bucket = (scene: Scene, name: string, spec: object): Manifest =>
  object("source.toolkit.fluxcd.io/v1", "Bucket", name, {
    spec: {
      interval: "1h",
      provider: "aws",
      bucketName: "bucket",
      endpoint: scene.outside.host,
      region: "eu-central-1",
      insecure: true,
      ...spec,
    },
  });

const images = "image.toolkit.fluxcd.io/v1";

const imageRepository = (name: string, spec: object, namespace = own): Manifest =>
  object(images, "ImageRepository", name, { spec: { interval: "1h", ...spec } }, namespace);

/** Of the registry outside. Whose it is allows everybody to use it: what is refused is refused by the flag alone. */
const scanned = (scene: Scene, name: string, namespace = own): Manifest =>
  imageRepository(
    name,
    {
      image: `${scene.outside.host}/${name}`,
      insecure: true,
      accessFrom: { namespaceSelectors: [{ matchLabels: {} }] },
    },
    namespace,
  );

const policy = (name: string, imageRepositoryRef: object): Manifest =>
  object(images, "ImagePolicy", name, { spec: { imageRepositoryRef, policy: { semver: { range: "*" } } } });

const chosen =
  (what: string): FlagAttack["through"] =>
  async (scene) => {
    const ref = policy(named(scene, what), {});
    const status = (await scene.client.find(ref))?.["status"] as { readonly latestRef?: object } | undefined;
    const latest = JSON.stringify(status?.latestRef ?? {});
    return { done: latest.includes('"9.9.9"'), seen: `${latest}; ${(await ready(scene, ref)).seen}` };
  };

const repository = (name: string, spec: object, namespace = own): Manifest =>
  object(
    "source.toolkit.fluxcd.io/v1",
    "GitRepository",
    name,
    { spec: { interval: "1h", suspend: true, ref: { branch: "main" }, ...spec } },
    namespace,
  );

const automation = (name: string, namespace?: string): Manifest =>
  object(images, "ImageUpdateAutomation", name, {
    spec: {
      interval: "1h",
      sourceRef: { kind: "GitRepository", name, ...(namespace === undefined ? {} : { namespace }) },
      git: {
        commit: { author: { name: "tried", email: "tried@example.com" } },
        push: { branch: "main" },
      },
      update: { path: "./", strategy: "Setters" },
    },
  });

const login = (name: string, namespace: string): Manifest =>
  secret(name, { username: namespace, password: "whose it is" }, namespace);

/** Whether a repository was read with somebody's login. */
const readAs =
  (what: string, user: string): FlagAttack["through"] =>
  async (scene) => {
    const name = named(scene, what);
    const authorization = `Basic ${Buffer.from(`${user}:whose it is`).toString("base64")}`;
    const asked = scene.outside.seen(`/git/${name}.git/`, (one) => one.authorization === authorization);
    const { done, seen } = await ready(scene, automation(name));
    return {
      done: done && asked !== undefined,
      seen: asked === undefined ? seen : `read with the login of ${user}; ${seen}`,
    };
  };

const cloned = (scene: Scene, what: string, namespace: string): Manifest[] => {
  const name = named(scene, what);
  const url = `${scene.outside.address}/git/${name}.git`;
  return [login(name, namespace), repository(name, { url, secretRef: { name } }, namespace)];
};

/** What the flags of the controllers refuse that fetch. */
export const sourceAttacks: readonly FlagAttack[] = [
  {
    controller: "source-controller",
    flag: "--default-service-account",
    threat: 22,
    what: "a Bucket that is open to the platform's identity on AWS",
    objects: (scene) => [bucket(scene, named(scene, "bucket"), {})],
    reason: noIdentity("default"),
    through: async (scene) => {
      const asked = scene.outside.seen("/bucket/", ({ authorization }) => authorization.includes(ambientKey));
      const { done, seen } = await ready(scene, bucket(scene, named(scene, "bucket"), {}));
      return {
        done: done && asked !== undefined,
        seen: asked === undefined ? seen : `signed as the platform; ${seen}`,
      };
    },
    twin: {
      what: "one with its own login",
      objects: (scene) => {
        const name = named(scene, "bucket-twin");
        return [
          secret(name, { accesskey: "AKIATENANTSOWN000000", secretkey: "its own" }),
          bucket(scene, name, { secretRef: { name } }),
        ];
      },
      done: (scene) => ready(scene, bucket(scene, named(scene, "bucket-twin"), {})),
    },
  },
  {
    controller: "image-reflector-controller",
    flag: "--no-cross-namespace-refs",
    threat: 20,
    what: "an ImagePolicy on another tenant's registry",
    objects: (scene) => {
      const name = named(scene, "across");
      return [scanned(scene, name, others), policy(name, { name, namespace: others })];
    },
    reason: /AccessDenied: .*cross-namespace references have been blocked/,
    through: chosen("across"),
    twin: {
      what: "one on its own",
      objects: (scene) => {
        const name = named(scene, "across-twin");
        return [scanned(scene, name), policy(name, { name })];
      },
      done: chosen("across-twin"),
    },
  },
  {
    controller: "image-reflector-controller",
    flag: "--default-service-account",
    threat: 22,
    what: "an ImageRepository that is open to the platform's identity on AWS",
    objects: (scene) => {
      const name = named(scene, "registry");
      const image = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/platform";
      // Who it is is asked only when the registry wants to know: the proxy answers in its place.
      return [
        secret(name, { address: scene.outside.address }),
        imageRepository(name, { provider: "aws", image, insecure: true, proxySecretRef: { name } }),
      ];
    },
    reason: noIdentity("default"),
    through: askedWhoItIs,
    twin: {
      what: "one that asks nobody who it is",
      objects: (scene) => [scanned(scene, named(scene, "registry-twin"))],
      done: (scene) => ready(scene, imageRepository(named(scene, "registry-twin"), {})),
    },
  },
  {
    controller: "image-automation-controller",
    flag: "--no-cross-namespace-refs",
    threat: 20,
    what: "an ImageUpdateAutomation that reads another tenant's repository with that tenant's login",
    objects: (scene) => [...cloned(scene, "across", others), automation(named(scene, "across"), others)],
    reason: /AccessDenied: .*cross-namespace references have been blocked/,
    through: readAs("across", others),
    twin: {
      what: "one of its own repository",
      objects: (scene) => [...cloned(scene, "across-twin", own), automation(named(scene, "across-twin"))],
      done: readAs("across-twin", own),
    },
  },
  {
    controller: "image-automation-controller",
    flag: "--default-service-account",
    threat: 22,
    what: "a repository that is open to the platform's identity on AWS",
    objects: (scene) => {
      const name = named(scene, "codecommit");
      const url = "https://git-codecommit.eu-central-1.amazonaws.com/v1/repos/platform";
      return [repository(name, { provider: "aws", url }), automation(name)];
    },
    reason: noIdentity("default"),
    through: askedWhoItIs,
    twin: {
      what: "one with its own login",
      objects: (scene) => [...cloned(scene, "codecommit-twin", own), automation(named(scene, "codecommit-twin"))],
      done: readAs("codecommit-twin", own),
    },
  },
];
