import { withoutUndefined } from '../../core/objects.ts';
import type { ContainerSpec } from '../../engine/port.ts';
import { HOST_GATEWAY, HOST_NAME } from '../container/host-gateway.ts';
import type { SelfTestRequest } from './request.ts';

export interface ContainerInput {
  readonly imageId: string;
  readonly request: SelfTestRequest;
  /** Whom it runs as; absent: the image's own user. */
  readonly user?: string | undefined;
  /** What the container is told besides, such as proxies; the user's own variables win. */
  readonly env: Readonly<Record<string, string>>;
}

/** Of memory, and taken only by what is written. Models unpack things here; some load libraries from it. */
const TEMPORARY = 'rw,exec,nosuid,nodev,mode=1777,size=1g';

/** The image as the strictest of platforms runs it: whatever works here works there. */
export function selfTestContainer({ imageId, request, user, env: more }: ContainerInput): ContainerSpec {
  const env = { ...more, ...request.env };
  const usesGateway = Object.values(env).some((value) => value.includes(HOST_NAME));
  return withoutUndefined({
    image: imageId,
    user,
    command: [],
    env,
    ports: [],
    volumes: [],
    labels: { 'io.caisson.started-by': 'self-test' },
    atEnd: 'keep',
    extraHosts: usesGateway && request.networkMode !== 'none' ? [HOST_GATEWAY] : [],
    networkMode: request.networkMode,
    rootFileSystem: 'read-only',
    tmpfs: { '/tmp': TEMPORARY },
    capDrop: ['ALL'],
    securityOptions: ['no-new-privileges'],
    limits: limitsOf(request),
  } as const);
}

/** No swap: a model that does not fit is to be found here. */
function limitsOf({ memoryBytes }: SelfTestRequest): ContainerSpec['limits'] {
  return memoryBytes === undefined ? undefined : { memoryBytes, memorySwapBytes: memoryBytes };
}
