import type { BuildImageRequest } from '../../src/actions/build/request.ts';
import { parseImageReference } from '../../src/model/image-reference.ts';
import { ENVIRONMENT_REQUEST } from './planned-images.ts';

export const MODEL_URI = 'runs:/0123456789abcdef0123456789abcdef/iris_model';
export const BASE_IMAGE = 'registry.test/python:3.11';

export const IMAGE_REQUEST: BuildImageRequest['image'] = {
  baseImage: BASE_IMAGE,
  labels: {},
  env: {},
  buildArgNames: [],
  extraIndexUrls: [],
  secrets: { ids: [], ssh: 'none' },
  certificateAuthority: 'none',
  modelSource: 'baked',
  mlflow: 'as-needed',
  environment: ENVIRONMENT_REQUEST,
  caissonVersion: '1.2.3',
};

export function buildRequest(more: Partial<BuildImageRequest> = {}): BuildImageRequest {
  return {
    model: MODEL_URI,
    image: IMAGE_REQUEST,
    builder: 'auto',
    tags: () => [parseImageReference('registry.test/iris:1')],
    buildArgs: {},
    cache: 'use',
    cacheFrom: [],
    cacheTo: 'none',
    platforms: [],
    pullBase: 'missing',
    afterBuild: 'keep',
    ...more,
  };
}
