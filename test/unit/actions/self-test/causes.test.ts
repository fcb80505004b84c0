import { describe, expect, it } from 'vitest';
import { causeOf, type Evidence } from '../../../../src/actions/self-test/causes.ts';

const evidence = (text: string, more: Partial<Evidence> = {}): Evidence => ({
  error: text,
  text,
  failure: 'not-ready',
  outOfMemory: false,
  networkMode: 'none',
  missingVariables: [],
  ...more,
});

describe('the cause of a failed self-test', () => {
  it.each([
    ["ModuleNotFoundError: No module named 'mlflow'", '--full-mlflow'],
    ["ModuleNotFoundError: No module named 'mlflow.gateway.app'", '--full-mlflow'],
    ["ImportError: cannot import name 'Thing' from 'mlflow.models' (/opt/x.py)", '--full-mlflow'],
    ["ModuleNotFoundError: No module named 'mlflowish'", '--requirement mlflowish'],
    [
      "ModuleNotFoundError: No module named 'sentence_transformers.util'",
      '--requirement sentence_transformers',
    ],
    ["ModuleNotFoundError: No module named 'cv2'", '--requirement opencv-python-headless'],
    ["ModuleNotFoundError: No module named 'toString'", '--requirement toString'],
    [
      'ImportError: libGL.so.1: cannot open shared object file: No such file or directory',
      '--system-package libgl1',
    ],
    [
      'OSError: libfoo-2.0.so.7: cannot open shared object file',
      'holds libfoo-2.0.so.7 with --system-package NAME',
    ],
    ['the process that predicts was killed by SIGKILL (out of memory?)', '--self-test-memory'],
    ['urllib3: Failed to resolve host', '--self-test-network bridge'],
  ])('%s blames the image', (text, hint) => {
    expect(causeOf(evidence(text))).toEqual({ blame: 'image', hint: expect.stringContaining(hint) });
  });

  it.each([
    ['exec /opt/venv/bin/python: exec format error', 'another platform'],
    ['RuntimeError: Found no NVIDIA driver on your system', 'GPU'],
    ['Attempting to deserialize object on a CUDA device but torch.cuda.is_available() is False', 'GPU'],
    // not a library that a Debian package could bring
    ['ImportError: libcuda.so.1: cannot open shared object file: No such file or directory', 'GPU'],
  ])('%s says nothing of the image', (text, reason) => {
    expect(causeOf(evidence(text))).toMatchObject({ blame: 'here', reason: expect.stringContaining(reason) });
  });

  it('is the memory when the engine says so', () => {
    const cause = causeOf(evidence('', { outOfMemory: true, missingVariables: ['KEY'] }));
    expect(cause?.hint).toContain('--self-test-memory');
  });

  it('is what is missing in the image before the variables that are missing here', () => {
    const missingVariables = ['A_KEY', 'B_KEY'];
    const lacking = evidence("ModuleNotFoundError: No module named 'x'", { missingVariables });
    expect(causeOf(lacking)?.blame).toBe('image');
    expect(causeOf(evidence('KeyError', { missingVariables }))).toMatchObject({
      blame: 'here',
      reason: 'the model declares A_KEY, B_KEY, which are not set',
    });
  });

  it('is not what the log complains of besides', () => {
    for (const text of [
      "Could not load dynamic library 'libcudart.so.11.0'",
      'exec /bin/x: exec format error',
    ])
      expect(causeOf(evidence(text, { error: 'ValueError: bad pickle' }))).toBeUndefined();
    // of a program that the model starts
    const helper = "OSError: [Errno 8] Exec format error: 'helper'";
    expect(causeOf(evidence(helper))).toBeUndefined();
  });

  it('is never outside of an image that answers otherwise than expected', () => {
    const missingVariables = ['A_KEY'];
    const answered = { failure: 'answered', missingVariables } as const;
    expect(causeOf(evidence('no NVIDIA driver', answered))).toBeUndefined();
    expect(causeOf(evidence("No module named 'x'", answered))).toBeUndefined();
    expect(causeOf(evidence("ModuleNotFoundError: No module named 'x'", answered))?.blame).toBe('image');
  });

  it('is not a missing variable when the server dies', () => {
    const missingVariables = ['A_KEY'];
    expect(causeOf(evidence('gone', { missingVariables, failure: 'died' }))).toBeUndefined();
    expect(causeOf(evidence('401', { missingVariables, failure: 'refused' }))?.blame).toBe('here');
  });

  it('is not the network when it had one', () => {
    expect(causeOf(evidence('Failed to resolve host', { networkMode: 'bridge' }))).toBeUndefined();
    expect(causeOf(evidence('ValueError: no'))).toBeUndefined();
  });
});
