/** What every base image brings: Python's own parts and libraries, which conda lists since it does not rely on a system. */
const OF_THE_BASE = [
  ...['_libgcc_mutex', '_openmp_mutex', 'bzip2', 'ca-certificates', 'expat', 'ld_impl_linux-64'],
  ...['ld_impl_linux-aarch64', 'libexpat', 'libffi', 'libgcc', 'libgcc-ng', 'liblzma', 'libmpdec', 'libnsl'],
  ...['libsqlite', 'libstdcxx', 'libstdcxx-ng', 'libuuid', 'libxcrypt', 'libzlib', 'ncurses', 'openssl'],
  ...[
    'pip',
    'python',
    'python_abi',
    'readline',
    'setuptools',
    'sqlite',
    'tk',
    'tzdata',
    'wheel',
    'xz',
    'zlib',
  ],
];

/** Packages that the Python index has under the same name, from the same project. */
const SAME = [
  ...['accelerate', 'aiohttp', 'altair', 'attrs', 'beautifulsoup4', 'bokeh', 'boto3', 'botocore', 'catboost'],
  ...[
    'category_encoders',
    'certifi',
    'cffi',
    'click',
    'cloudpickle',
    'cryptography',
    'cython',
    'dask',
    'datasets',
  ],
  ...[
    'dill',
    'fastai',
    'fastapi',
    'filelock',
    'flask',
    'fsspec',
    'gensim',
    'geopandas',
    'gunicorn',
    'h5py',
    'hdbscan',
  ],
  ...['holidays', 'httpx', 'huggingface_hub', 'hyperopt', 'imbalanced-learn', 'ipython', 'jinja2', 'joblib'],
  ...['jsonschema', 'keras', 'librosa', 'lifelines', 'lightgbm', 'llvmlite', 'lxml', 'matplotlib', 'mlflow'],
  ...[
    'mlflow-skinny',
    'mlxtend',
    'networkx',
    'ngboost',
    'nltk',
    'numba',
    'numexpr',
    'numpy',
    'onnx',
    'onnxruntime',
  ],
  ...[
    'openpyxl',
    'optuna',
    'orjson',
    'packaging',
    'pandas',
    'patsy',
    'pillow',
    'plotly',
    'pmdarima',
    'polars',
  ],
  ...[
    'prophet',
    'protobuf',
    'psutil',
    'pyarrow',
    'pydantic',
    'pyod',
    'pyparsing',
    'pyspark',
    'python-dateutil',
  ],
  ...[
    'pytorch-lightning',
    'pytz',
    'pyyaml',
    'regex',
    'requests',
    'safetensors',
    'scikit-image',
    'scikit-learn',
  ],
  ...[
    'scipy',
    'seaborn',
    'sentence-transformers',
    'sentencepiece',
    'shap',
    'six',
    'skl2onnx',
    'skops',
    'sktime',
  ],
  ...['spacy', 'sqlalchemy', 'statsmodels', 'sympy', 'tabulate', 'tenacity', 'tensorboard', 'tensorflow'],
  ...['threadpoolctl', 'tokenizers', 'torchmetrics', 'torchvision', 'torchaudio', 'tqdm', 'transformers'],
  ...['typing_extensions', 'typing-extensions', 'umap-learn', 'urllib3', 'xarray', 'xgboost', 'xlrd'],
];

/** conda's name → the name in the Python index. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  'matplotlib-base': 'matplotlib',
  'msgpack-python': 'msgpack',
  'py-opencv': 'opencv-python-headless',
  'py-xgboost': 'xgboost',
  'py-xgboost-cpu': 'xgboost',
  pytables: 'tables',
  pytorch: 'torch',
  'tensorflow-cpu': 'tensorflow-cpu',
};

const NAMES: ReadonlyMap<string, string> = new Map([
  ...SAME.map((name) => [name, name] as const),
  ...Object.entries(OTHER_NAMES),
]);
const BASE: ReadonlySet<string> = new Set(OF_THE_BASE);

/**
 * The name in the Python index of a conda package. Only names that were looked at: the same word may be a stranger's package there.
 */
export const pipNameOf = (condaName: string): string | undefined => NAMES.get(condaName);

export const isInEveryBase = (condaName: string): boolean => BASE.has(condaName);
