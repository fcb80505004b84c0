/**
 * PyTorch's builds as uv names them, each an index below https://download.pytorch.org/whl/, best known first and newest before older. Source: the values that
 * `uv pip compile --torch-backend x -` lists, without `auto`, which looks at the machine that builds.
 */
export const TORCH_BUILDS: readonly string[] = [
  'cpu',
  ...['cu132', 'cu130', 'cu129', 'cu128', 'cu126', 'cu125', 'cu124', 'cu123', 'cu122', 'cu121', 'cu120'],
  ...['cu118', 'cu117', 'cu116', 'cu115', 'cu114', 'cu113', 'cu112', 'cu111', 'cu110', 'cu102', 'cu101'],
  ...['cu100', 'cu92', 'cu91', 'cu90', 'cu80'],
  ...['rocm7.2', 'rocm7.1', 'rocm7.0', 'rocm6.4', 'rocm6.3', 'rocm6.2.4', 'rocm6.2', 'rocm6.1', 'rocm6.0'],
  ...['rocm5.7', 'rocm5.6', 'rocm5.5', 'rocm5.4.2', 'rocm5.4', 'rocm5.3', 'rocm5.2', 'rocm5.1.1'],
  ...['rocm4.2', 'rocm4.1', 'rocm4.0.1'],
  'xpu',
];

/** The uv that was asked. */
export const TORCH_BUILDS_OF_UV = '0.13.9';
