import type { Requirement } from '../model/requirement.ts';

/** What the user asks of the environment that the model runs in, parsed. */
export interface EnvironmentRequest {
  /** `3.12`, `3.11.7`, or `model` for exactly the version that the model records; absent: its minor version. */
  readonly python?: string;
  /** Added to the model's, or in place of those of the same name. */
  readonly requirements: readonly Requirement[];
  readonly constraints: readonly Requirement[];
  /** Debian packages, `name` or `name=version`. */
  readonly systemPackages: readonly string[];
  /** Shell commands that run as root once the packages are installed; may have several lines. */
  readonly hooks: readonly string[];
  /** Where torch comes from: a name of PyTorch's own indexes, such as cpu or cu126; `default`, knowingly, or absent: where everything does. */
  readonly torch?: string;
  readonly manager: EnvironmentManager;
  /** What becomes of conda packages that pip cannot give. */
  readonly condaOnly: 'refuse' | 'ignore';
}

/** What makes the Python environment; conda also installs the packages of the model's conda.yaml that only it has. */
export type EnvironmentManager = 'uv' | 'conda';
