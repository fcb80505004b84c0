/** Why a self-test failed, as far as the server's words tell. `here`: it says nothing of the image, only that this engine cannot test it. */
export type Cause =
  | { readonly blame: 'image'; readonly hint: string }
  | { readonly blame: 'here'; readonly reason: string; readonly hint: string };

export interface Evidence {
  /** The words of the failure itself. The rest of a log is full of harmless complaints, of TensorFlow about CUDA, say. */
  readonly error: string;
  /** Everything that server and container said, the error included. */
  readonly text: string;
  readonly outOfMemory: boolean;
  readonly networkMode: string;
  /** Variables that the model declares and nobody set. */
  readonly missingVariables: readonly string[];
  /** `answered`: it had what it needed, and the answer is not the one that was asked for; nothing outside of the image explains that. */
  readonly failure: 'not-ready' | 'refused' | 'died' | 'answered';
}

const WITHOUT_GATE = '--no-self-test skips the self-test';
/** As the container's runtime says it of the image's own program; a model may fail to start programs of its own. */
const OTHER_PLATFORM = /^(?:.*exec )?\/\S+: exec format error|exec user process caused: exec format error/im;
const NO_GPU =
  /libcuda\.so|libcudart\.so|libnvidia|no NVIDIA driver|no NVIDIA GPU|CUDA driver|no CUDA-capable device|no CUDA GPUs are available|torch\.cuda\.is_available\(\) is False|CUDA_ERROR_NO_DEVICE|Failed to get device attribute|hipErrorNoDevice/i;
const NO_LIBRARY = /(lib[\w.+-]+\.so[\w.]*): cannot open shared object file/;
const NO_MODULE = /ModuleNotFoundError: No module named '([\w.]+)'/;
const NO_MLFLOW_NAME = /ImportError: cannot import name '\w+' from '(mlflow[\w.]*)'/;
const NO_MEMORY = /killed by SIGKILL|MemoryError|DefaultCPUAllocator: not enough memory|std::bad_alloc/;
const NO_NETWORK =
  /Temporary failure in name resolution|Name or service not known|Network is unreachable|Failed to resolve|getaddrinfo failed|nodename nor servname/i;

/** Debian packages of libraries that Python packages often want; of others nobody but a search knows. */
const LIBRARY_PACKAGES: readonly (readonly [RegExp, string])[] = [
  [/^libGL\.so/, 'libgl1'],
  [/^libgomp\.so/, 'libgomp1'],
  [/^lib(glib|gthread)-2\.0\.so/, 'libglib2.0-0'],
  [/^libsndfile\.so/, 'libsndfile1'],
  [/^libX(ext|render)\.so/, 'libxext6'],
];

/** Distributions whose name is not that of their module. */
const DISTRIBUTIONS: ReadonlyMap<string, string> = new Map([
  ['PIL', 'pillow'],
  ['bs4', 'beautifulsoup4'],
  ['cv2', 'opencv-python-headless'],
  ['dateutil', 'python-dateutil'],
  ['skimage', 'scikit-image'],
  ['sklearn', 'scikit-learn'],
  ['yaml', 'pyyaml'],
]);

/** The first that fits; undefined when nothing is known. What a machine lacks comes before what the image lacks. */
export function causeOf(evidence: Evidence): Cause | undefined {
  if (evidence.failure === 'answered') return imageCause(evidence);
  return machineCause(evidence) ?? imageCause(evidence) ?? surroundingsCause(evidence);
}

function machineCause({ error, failure }: Evidence): Cause | undefined {
  if (failure === 'not-ready' && OTHER_PLATFORM.test(error))
    return here('the image is for another platform than the engine runs on');
  if (NO_GPU.test(error)) return here('the model needs a GPU', 'test it where there is one');
  return undefined;
}

/** What would go wrong in production just as well. */
function imageCause({ text, outOfMemory }: Evidence): Cause | undefined {
  const library = NO_LIBRARY.exec(text)?.[1];
  if (library !== undefined) return image(libraryHint(library));
  const mlflow = NO_MLFLOW_NAME.exec(text)?.[1];
  const name = NO_MODULE.exec(text)?.[1] ?? mlflow;
  if (name !== undefined) return image(moduleHint(name));
  if (outOfMemory || NO_MEMORY.test(text))
    return image('the server ran out of memory: give it more with --self-test-memory, such as 4g');
  return undefined;
}

/** What the self-test holds back from the model. */
function surroundingsCause({ text, networkMode, missingVariables, failure }: Evidence): Cause | undefined {
  if (missingVariables.length > 0 && failure !== 'died')
    return here(
      `the model declares ${missingVariables.join(', ')}, which ${missingVariables.length === 1 ? 'is' : 'are'} not set`,
      `set them with --self-test-env NAME, and give the model a network with --self-test-network bridge if it calls a service`,
    );
  if (networkMode === 'none' && NO_NETWORK.test(text))
    return image(
      'the model wants a network: allow it with --self-test-network bridge if it has one in production, too',
    );
  return undefined;
}

function libraryHint(library: string): string {
  const known = LIBRARY_PACKAGES.find(([pattern]) => pattern.test(library))?.[1];
  return known === undefined
    ? `install the Debian package that holds ${library} with --system-package NAME`
    : `install ${library} with --system-package ${known}`;
}

function moduleHint(name: string): string {
  const [top = name] = name.split('.');
  if (top === 'mlflow')
    return `the image has only the parts of MLflow that serving needs: build it with --full-mlflow`;
  return `the model's requirements lack it: build with --requirement ${DISTRIBUTIONS.get(top) ?? top}`;
}

const image = (hint: string): Cause => ({ blame: 'image', hint });
const here = (reason: string, hint = WITHOUT_GATE): Cause => ({ blame: 'here', reason, hint });
