import { CaissonError } from '../core/errors.ts';
import type { Requirement } from '../model/requirement.ts';
import { TORCH_BUILDS } from './torch-builds.ts';

export interface TorchPlan {
  /** For uv's --torch-backend; absent: torch comes from where everything does. */
  readonly backend?: string;
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
}

/** Packages that are torch or bring it. */
const TORCH: ReadonlySet<string> = new Set([
  ...['torch', 'torchvision', 'torchaudio', 'torchmetrics', 'torchtext', 'accelerate', 'fastai', 'lightning'],
  ...['pytorch-lightning', 'sentence-transformers', 'timm', 'ultralytics', 'vllm', 'easyocr', 'bertopic'],
]);

/**
 * Sizes: sums over the wheels of `uv pip compile` for x86-64, 2.9 GB for torch 2.3.1 and 4.1 GB for 2.9.0, nearly all of it CUDA. torch's
 * own CPU wheels have about 200 MB.
 */
const SIZES =
  "torch from the Python index brings CUDA, 3 to 4 GB to download on x86-64; --torch cpu takes PyTorch's CPU build, about 200 MB (--torch default leaves it as it is)";

/** Throws USAGE for a name that is no index of PyTorch's. */
export function planTorch(requirements: readonly Requirement[], asked: string | undefined): TorchPlan {
  if (asked === 'default') return { notes: [], warnings: [] };
  if (asked !== undefined) {
    if (TORCH_BUILDS.includes(asked)) return { backend: asked, notes: [], warnings: [] };
    throw new CaissonError('USAGE', `'${asked}' for --torch is not a build of PyTorch`, {
      hint: `it is default or one of ${TORCH_BUILDS.join(', ')}`,
    });
  }
  const local = localVersion(requirements);
  if (local !== undefined && !hasTorchIndex(requirements)) return { notes: [], warnings: [local] };
  const isHeavy = requirements.some(isTorch) && local === undefined && !hasTorchIndex(requirements);
  return { notes: isHeavy ? [SIZES] : [], warnings: [] };
}

const isTorch = (item: Requirement): boolean => item.kind === 'package' && TORCH.has(item.name);

const hasTorchIndex = (requirements: readonly Requirement[]): boolean =>
  requirements.some(({ kind, text }) => kind === 'option' && text.includes('download.pytorch.org'));

/** `torch==2.1.0+cpu` is a version that only PyTorch's own index has. */
function localVersion(requirements: readonly Requirement[]): string | undefined {
  for (const item of requirements.filter(isTorch)) {
    const backend = /==[^+;,\s]+\+(?<backend>[a-z0-9.]+)/.exec(item.text)?.groups?.['backend'];
    if (backend !== undefined && TORCH_BUILDS.includes(backend))
      return `the requirement '${item.text}' is on PyTorch's own index: add --torch ${backend}`;
  }
  return undefined;
}
