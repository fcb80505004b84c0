import type { StoreFlags } from './services.ts';
import type { OptionReader, OptionSpec } from './spec.ts';

/** Options that decide what is in the image: the same words for generate, build-image and run. */
export const TRACKING_URI: OptionSpec = {
  name: 'tracking-uri',
  kind: 'value',
  placeholder: 'URI',
  summary: 'tracking server, sqlite:///FILE or folder of the MLflow store; else MLFLOW_TRACKING_URI',
};

export const REGISTRY_URI: OptionSpec = {
  name: 'registry-uri',
  kind: 'value',
  placeholder: 'URI',
  summary: 'store of registered models (models:/NAME/…), when it is another one; else MLFLOW_REGISTRY_URI',
};

/** Where models are looked up. */
export const STORES: readonly OptionSpec[] = [TRACKING_URI, REGISTRY_URI];

export const storeFlags = (options: OptionReader): StoreFlags => ({
  trackingUri: options.value('tracking-uri'),
  registryUri: options.value('registry-uri'),
});

export const BASE_IMAGE: OptionSpec = {
  name: 'base-image',
  kind: 'value',
  placeholder: 'IMAGE',
  summary: 'image to build on; python:<minor>-slim of the model when not given',
};

export const BUILD_ARG: OptionSpec = {
  name: 'build-arg',
  kind: 'list',
  placeholder: 'NAME[=VALUE]',
  summary: 'build argument; without a value, the variable of this name',
};

export const CA_CERT: OptionSpec = {
  name: 'ca-cert',
  kind: 'value',
  placeholder: 'FILE',
  summary: 'CA certificates (PEM) that the build trusts; not in the image',
};

export const INDEX_URL: OptionSpec = {
  name: 'index-url',
  kind: 'value',
  placeholder: 'URL',
  summary: 'Python package index to install from; a login in it stays out of the image',
};

export const EXTRA_INDEX_URL: OptionSpec = {
  name: 'extra-index-url',
  kind: 'list',
  placeholder: 'URL',
  summary: 'one more Python package index; a login in it stays out of the image',
};

export const SECRET: OptionSpec = {
  name: 'secret',
  kind: 'list',
  placeholder: 'id=ID[,src=FILE|,env=NAME]',
  summary: 'secret for the steps that install, in /run/secrets; netrc and pip.conf are used by themselves',
};

export const SSH: OptionSpec = {
  name: 'ssh',
  kind: 'value',
  placeholder: 'default[=SOCKET]',
  summary: 'let git in the build use your ssh agent',
};

export const LOCK: OptionSpec = {
  name: 'lock',
  kind: 'value',
  placeholder: 'FILE',
  summary: 'lock of all package versions: used when the file is there, else written',
};

export const AS_OF: OptionSpec = {
  name: 'as-of',
  kind: 'value',
  placeholder: 'DAY',
  summary: 'resolve as the package index stood then: YYYY-MM-DD, or training for when the model was logged',
};

export const FULL_MLFLOW: OptionSpec = {
  name: 'full-mlflow',
  kind: 'flag',
  summary: 'install all of mlflow, and not just what serving the model needs',
};

export const LABEL: OptionSpec = {
  name: 'label',
  kind: 'list',
  placeholder: 'NAME=VALUE',
  summary: 'label of the image; wins over caisson’s own',
};

export const IMAGE_ENV: OptionSpec = {
  name: 'env',
  kind: 'list',
  placeholder: 'NAME[=VALUE]',
  summary: 'variable that the image sets; without a value, the variable of this name',
};

export const LOAD_AT_START: OptionSpec = {
  name: 'load-at-start',
  kind: 'flag',
  summary: 'leave the model out; the container loads MLFLOW_MODEL_URI when it starts',
};

export const HANDLER: OptionSpec = {
  name: 'handler',
  kind: 'value',
  placeholder: 'FILE.py',
  summary: 'Python file with pre(inputs), post(predictions) or both, which adapts /predict',
};

export const TEMPLATES: OptionSpec = {
  name: 'templates',
  kind: 'value',
  placeholder: 'DIR',
  summary: 'folder with templates of your own (see: caisson templates eject)',
};

/** `auto` needs an engine to ask, so commands without one leave it out. */
export const BUILDER: OptionSpec = {
  name: 'builder',
  kind: 'value',
  placeholder: 'KIND',
  summary: 'which kind of Dockerfile; auto takes the best that the engine has',
  choices: ['auto', 'buildkit', 'classic'],
  default: 'auto',
};

export const NO_CACHE: OptionSpec = {
  name: 'no-cache',
  kind: 'flag',
  summary: 'build every step anew, also when nothing changed',
};

export const NETWORK: OptionSpec = {
  name: 'network',
  kind: 'value',
  placeholder: 'MODE',
  summary: 'network of the RUN steps, such as host or none',
};
