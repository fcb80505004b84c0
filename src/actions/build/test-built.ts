import type { EngineDescription } from '../../engine/port.ts';
import type { PreparedContext } from '../build-context.ts';
import type { BuildPorts, Work } from '../ports.ts';
import type { SelfTestResult } from '../self-test/request.ts';
import type { BuildImageRequest } from './request.ts';

export interface BuiltSubject {
  readonly request: BuildImageRequest;
  readonly engine: EngineDescription;
  readonly prepared: PreparedContext;
  readonly imageId: string;
  /** As the user calls it. */
  readonly name: string;
  readonly afterFailure: 'stays' | 'goes';
}

/** The gate between build and push; undefined when the request leaves it out. Throws SELF_TEST_FAILED. */
export async function testBuilt(
  { request, engine, prepared: { plan, model }, imageId, name, afterFailure }: BuiltSubject,
  ports: BuildPorts,
  work: Work,
): Promise<SelfTestResult | undefined> {
  if (request.selfTest === undefined) return undefined;
  const { selfTest } = await import('../self-test.ts');
  const subject = {
    imageId,
    ...{ name, afterFailure },
    modelSource: plan.modelSource,
    variables: plan.env.map(([variable]) => variable),
    declaredVariables: model.mlmodel.environmentVariables,
    proxies: await ports.dockerConfig.proxyVariables(engine.address),
  };
  return selfTest({ subject, request: request.selfTest, cache: request.cache }, ports, work);
}
