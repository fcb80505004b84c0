import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { CaissonError } from '../../../src/core/errors.ts';
import type { ImageReference } from '../../../src/model/image-reference.ts';
import type { RegistryLogin } from '../../../src/model/registry-credentials.ts';
import { HttpClient } from '../../../src/platform/http.ts';
import { RegistryClient } from '../../../src/registry/registry-client.ts';
import { failureOf } from '../../support/failure.ts';
import { ANN, HttpRegistry, sha256, type HttpRegistryOptions } from '../../support/http-registry.ts';

const OCI_IMAGE = 'application/vnd.oci.image.manifest.v1+json';
const quick = { idleTimeoutMs: 2000, retry: { attempts: 3, baseDelayMs: 1, maxDelayMs: 10 } };
const config = { mediaType: 'application/json', digest: sha256('{}'), size: 2 };
const IMAGE = JSON.stringify({ schemaVersion: 2, mediaType: OCI_IMAGE, config, layers: [] });

interface Scene {
  readonly server: HttpRegistry;
  readonly client: RegistryClient;
  readonly iris: ImageReference;
}

function clientOf({ host }: HttpRegistry, login?: RegistryLogin, signal?: AbortSignal): RegistryClient {
  const access = {
    registry: host,
    login,
    insecureRegistries: [],
    signal: signal ?? new AbortController().signal,
  };
  return new RegistryClient(access, new HttpClient(quick));
}

async function scene(
  options: HttpRegistryOptions,
  login: RegistryLogin | undefined,
  use: (scene: Scene) => Promise<void>,
): Promise<void> {
  await using server = await HttpRegistry.start(options);
  const iris = { registry: server.host, repository: 'team/iris', tag: '1' };
  await use({ server, client: clientOf(server, login), iris });
}

/** A registry that says this to everything but /v2/. */
const saying = (answer: (response: ServerResponse) => void): HttpRegistryOptions => ({
  instead: ({ url }, response) => {
    if (url === '/v2/') return false;
    answer(response);
    return true;
  },
});

describe('a registry client', () => {
  it('writes, looks up and reads a manifest, and nothing where there is none', () =>
    scene({}, undefined, async ({ client, iris, server }) => {
      expect(await client.resolve(iris)).toBeUndefined();
      expect(await client.readManifest(iris)).toBeUndefined();
      const written = await client.writeManifest(iris, { mediaType: OCI_IMAGE, text: IMAGE });
      expect(written).toEqual({ mediaType: OCI_IMAGE, digest: sha256(IMAGE), size: IMAGE.length });
      expect(await client.resolve(iris)).toEqual(written);
      const byDigest = { registry: iris.registry, repository: iris.repository, digest: written.digest };
      expect(await client.readManifest(byDigest)).toMatchObject({
        ...written,
        manifest: { kind: 'image', config, layers: [] },
      });
      expect(server.requests.slice(0, 3)).toEqual([
        'GET /v2/',
        'HEAD /v2/team/iris/manifests/1',
        'GET /v2/team/iris/manifests/1',
      ]);
    }));

  it('reads a blob and checks it', () =>
    scene({}, undefined, async ({ client, iris, server }) => {
      server.blobs.set(config.digest, Buffer.from('{}'));
      expect(Buffer.from(await client.readBlob(iris, config)).toString()).toBe('{}');
      server.blobs.set(config.digest, Buffer.from('[]'));
      expect((await failureOf(client.readBlob(iris, config))).message).toContain(
        `it sends '${sha256('[]')}'`,
      );
      const huge = { ...config, size: 5_000_000 };
      expect((await failureOf(client.readBlob(iris, huge))).message).toContain('5000000 bytes');
    }));

  it('removes a tag, and says when the registry does not', async () => {
    await scene({}, undefined, async ({ client, iris, server }) => {
      const digest = server.put('1', OCI_IMAGE, IMAGE);
      expect(await client.removeTag({ ...iris, digest })).toBe('removed');
      expect(server.requests).toContain('DELETE /v2/team/iris/manifests/1');
      expect(server.manifests.has(digest)).toBe(true);
    });
    await scene({ deletes: 'nothing' }, undefined, async ({ client, iris }) => {
      expect(await client.removeTag(iris)).toBe('refused');
    });
  });
});

describe('the login of a registry', () => {
  it('is a password where it asks for one', () =>
    scene({ login: 'basic' }, ANN, async ({ client, iris }) => {
      await client.writeManifest(iris, { mediaType: OCI_IMAGE, text: IMAGE });
      expect((await client.resolve(iris))?.digest).toBe(sha256(IMAGE));
    }));

  it('is exchanged for a token of the scope, once for every scope', () =>
    scene({ login: 'token' }, ANN, async ({ client, iris, server }) => {
      await client.writeManifest(iris, { mediaType: OCI_IMAGE, text: IMAGE });
      await client.writeManifest(iris, { mediaType: OCI_IMAGE, text: IMAGE });
      await client.resolve(iris);
      expect(await client.removeTag(iris)).toBe('removed');
      expect(server.tokenRequests.map((query) => new URLSearchParams(query).get('scope'))).toEqual([
        'repository:team/iris:pull,push',
        'repository:team/iris:pull',
        'repository:team/iris:delete',
      ]);
      expect(server.tokenRequests[0]).toContain('service=the+registry');
    }));

  it('is an identity token, exchanged by POST', () =>
    scene({ login: 'token' }, { identityToken: 'identity' }, async ({ client, iris, server }) => {
      await client.writeManifest(iris, { mediaType: OCI_IMAGE, text: IMAGE });
      expect(server.tokenRequests[0]).toContain('grant_type=refresh_token');
      expect(server.tokenRequests[0]).toContain('client_id=caisson');
    }));

  it('is not needed to read what is public', () =>
    scene({ login: 'token' }, undefined, async ({ client, iris, server }) => {
      server.put('1', OCI_IMAGE, IMAGE);
      expect((await client.readManifest(iris))?.digest).toBe(sha256(IMAGE));
      const error = await failureOf(client.writeManifest(iris, { mediaType: OCI_IMAGE, text: IMAGE }));
      expect(error.code).toBe('REGISTRY_DENIED');
      expect(error.hint).toBe(`log in with: docker login ${iris.registry}`);
    }));

  it('is made anew when a token has run out', () =>
    scene({ login: 'token' }, ANN, async ({ client, iris, server }) => {
      server.put('1', OCI_IMAGE, IMAGE);
      await client.resolve(iris);
      server.tokens.clear();
      expect((await client.resolve(iris))?.digest).toBe(sha256(IMAGE));
      expect(server.tokenRequests).toHaveLength(2);
    }));

  it.each(['basic', 'token'] as const)('is denied when %s is wrong, and not told', (login) =>
    scene({ login }, { username: 'ann', password: 'wrong-one' }, async ({ client, iris }) => {
      const error = await failureOf(client.readManifest(iris));
      expect(error.code).toBe('REGISTRY_DENIED');
      expect(error.hint).toContain('log in again with docker login');
      expect(JSON.stringify([error.message, error.detail])).not.toContain('wrong-one');
    }),
  );

  it('is not shown when the registry repeats it', () =>
    scene(
      saying((response) =>
        response.writeHead(403).end(JSON.stringify({ errors: [{ message: `${ANN.password}\u001b[2J no` }] })),
      ),
      ANN,
      async ({ client, iris }) => {
        expect((await failureOf(client.readManifest(iris))).detail).toBe('[redacted] [2J no');
      },
    ));

  it('does not go to a token service that is no URL or is not reached by TLS as the registry is', async () => {
    for (const realm of ['nonsense', 'ftp://tokens.test/', 'https://x:y@tokens.test/'])
      await scene(
        {
          instead: (_, response) => {
            response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}"` }).end();
            return true;
          },
        },
        ANN,
        async ({ client, iris }) => {
          const error = await failureOf(client.readManifest(iris));
          expect(error.code).toBe('REGISTRY_FAILED');
          expect(error.message).toContain('token service');
        },
      );
  });

  it('fails when the token service answers without a token', () =>
    scene(
      {
        login: 'token',
        instead: ({ url }, response) => {
          if (!url!.startsWith('/token')) return false;
          response.end('{"token": "two words"}');
          return true;
        },
      },
      ANN,
      async ({ client, iris }) => {
        const error = await failureOf(client.readManifest(iris));
        expect(error.message).toContain('its token service gave no token');
      },
    ));
});

describe('what a registry answers', () => {
  it.each([429, 500, 503])('%i is asked again', async (status) => {
    let left = 2;
    const options: HttpRegistryOptions = {
      instead: ({ url }, response) => {
        if (url === '/v2/' || left === 0) return false;
        left -= 1;
        response.writeHead(status).end();
        return true;
      },
    };
    await scene(options, undefined, async ({ client, iris, server }) => {
      server.put('1', OCI_IMAGE, IMAGE);
      expect((await client.readManifest(iris))?.digest).toBe(sha256(IMAGE));
    });
  });

  it('is an error with its own words when asking again does not help', () =>
    scene(
      saying((response) =>
        response.writeHead(429).end('{"errors":[{"code":"TOOMANYREQUESTS","message":"slow\\ndown"}]}'),
      ),
      undefined,
      async ({ client, iris }) => {
        const error = await failureOf(client.readManifest(iris));
        expect(error.code).toBe('REGISTRY_FAILED');
        expect(error.message).toContain('TOOMANYREQUESTS: slow down (HTTP status 429)');
        expect(error.hint).toContain('wait');
      },
    ));

  it.each([
    ['no JSON', OCI_IMAGE, 'nonsense'],
    ['no object', OCI_IMAGE, 'null'],
    ['no config', OCI_IMAGE, '{"layers":[]}'],
    ['a layer that is none', OCI_IMAGE, JSON.stringify({ config, layers: [{}] })],
    ['a type that nobody knows', 'text/html', IMAGE],
  ])('may be %s', (_, mediaType, text) =>
    scene({}, undefined, async ({ client, iris, server }) => {
      server.put('1', mediaType, text);
      const error = await failureOf(client.readManifest(iris));
      expect(error.code).toBe('REGISTRY_FAILED');
      expect(error.message).toContain('malformed');
    }),
  );

  it('may be larger than any manifest: it is not read to its end', () =>
    scene(
      saying((response) => {
        response.writeHead(200, { 'content-type': OCI_IMAGE });
        const more = (): void => {
          while (!response.destroyed && response.write(Buffer.alloc(65_536)));
          if (!response.destroyed) response.once('drain', more);
        };
        more();
      }),
      undefined,
      async ({ client, iris }) => {
        expect((await failureOf(client.readManifest(iris))).message).toContain('more than 4194304 bytes');
      },
    ));

  it('may not be what its digest says', () =>
    scene(
      saying((response) =>
        response
          .writeHead(200, { 'content-type': OCI_IMAGE, 'docker-content-digest': sha256('else') })
          .end(IMAGE),
      ),
      undefined,
      async ({ client, iris }) => {
        expect((await failureOf(client.readManifest(iris))).message).toContain(`for '${sha256('else')}'`);
        const byDigest = { ...iris, digest: sha256('other') };
        expect((await failureOf(client.resolve(byDigest))).message).toContain(`for '${sha256('other')}'`);
        const text = JSON.stringify({ other: true });
        const written = await failureOf(client.writeManifest(iris, { mediaType: OCI_IMAGE, text }));
        expect(written.message).toContain(`it was stored as '${sha256('else')}'`);
      },
    ));

  it('may break off', () =>
    scene(
      saying((response) => {
        response.writeHead(200, { 'content-type': OCI_IMAGE, 'content-length': 1000 });
        response.write('{', () => response.destroy());
      }),
      undefined,
      async ({ client, iris }) => {
        expect((await failureOf(client.readManifest(iris))).code).toBe('REGISTRY_FAILED');
      },
    ));

  it('may not be that of a registry at all', async () => {
    const options: HttpRegistryOptions = {
      instead: (_, response) => {
        response.writeHead(404).end('<html>');
        return true;
      },
    };
    await scene(options, undefined, async ({ client, iris }) => {
      expect((await failureOf(client.resolve(iris))).message).toContain('HTTP status 404');
    });
  });

  it('may be nothing', async () => {
    const gone = await HttpRegistry.start();
    const registry = gone.host;
    await gone[Symbol.asyncDispose]();
    const iris = { registry, repository: 'iris', tag: '1' };
    const error = await failureOf(clientOf(gone).resolve(iris));
    expect(error.message).toBe(`registry '${registry}': the connection was refused`);
  });

  it('is not waited for when the work is interrupted', async () => {
    const controller = new AbortController();
    const options: HttpRegistryOptions = {
      instead: () => {
        controller.abort(new CaissonError('TERMINATED', 'terminated'));
        return true;
      },
    };
    await using server = await HttpRegistry.start(options);
    const iris = { registry: server.host, repository: 'iris', tag: '1' };
    const error = await failureOf(clientOf(server, undefined, controller.signal).resolve(iris));
    expect(error.code).toBe('TERMINATED');
  });
});
