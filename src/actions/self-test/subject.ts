import type { ContainerSpec, ImageDescription } from '../../engine/port.ts';
import { formatUser, SERVER_USER } from '../../plan/image-plan.ts';
import { selfTestContainer } from './container.ts';
import type { SelfTestRequest } from './request.ts';
import type { Circumstances } from './verdict.ts';

/** The image under test, and what is known of it. */
export interface Subject {
  readonly imageId: string;
  /** As the user calls it. */
  readonly name: string;
  readonly modelSource: 'baked' | 'load-at-start';
  /** Variables that the image sets. */
  readonly variables: readonly string[];
  /** Variables that the model says it needs. */
  readonly declaredVariables: readonly string[];
  /** Whether it can be looked at when it has failed. */
  readonly afterFailure: 'stays' | 'goes';
  /** From docker's config.json, for a container with a network. */
  readonly proxies: Readonly<Record<string, string>>;
}

const MODEL_URI = 'MLFLOW_MODEL_URI';
/** What images run as that no template made otherwise. */
export const ORDINARY_USER = formatUser(SERVER_USER);

/** How the subject is started, and what may be asked of it. `user`: absent, the image's own. */
export function arrange(
  subject: Subject,
  request: SelfTestRequest,
  user?: string,
): { readonly spec: ContainerSpec; readonly circumstances: Circumstances } {
  const { networkMode } = request;
  const asksForModel = subject.modelSource === 'load-at-start' && !hasModel(subject, request);
  const env = {
    ...(networkMode === 'none' ? {} : subject.proxies),
    // empty is absent for the server, whatever the image says
    ...(asksForModel ? { [MODEL_URI]: '' } : {}),
  };
  const given = new Set([...subject.variables, ...Object.keys(request.env)]);
  return {
    spec: selfTestContainer({ imageId: subject.imageId, request, env, user }),
    circumstances: {
      networkMode,
      missingVariables: subject.declaredVariables.filter((name) => !given.has(name)),
      expectation: asksForModel ? 'asks-for-model' : 'serves',
    },
  };
}

/** Whether the container will find a model to load: it is told one, and can get there. */
function hasModel({ variables }: Subject, { env, networkMode }: SelfTestRequest): boolean {
  return MODEL_URI in env || (networkMode !== 'none' && variables.includes(MODEL_URI));
}

/** Templates of one's own may say USER 0: many platforms run such an image as somebody else, or not at all. */
export const isRoot = ({ user }: Pick<ImageDescription, 'user'>): boolean => /^(?:root|0*)(?::|$)/.test(user);
