import type { IncomingMessage, ServerResponse } from 'node:http';
import { type LocalServer, startLocalServer } from './local-server.ts';

/** What the server answers to a path below /api/2.0 (with its query): an object, or a handler. */
export type Answer = object | ((request: IncomingMessage, response: ServerResponse) => void);
type Answers = Readonly<Record<string, Answer>>;

/**
 * A tracking server made of fixed answers, for what a real one does not do: hostile listings, broken answers, old
 * versions. Anything not listed is MLflow's 404.
 */
export function startFakeTrackingServer(answers: Answers): Promise<LocalServer> {
  return startLocalServer((request, response) => {
    const path = decodeURIComponent((request.url ?? '').replace(/\+/g, ' ').replace('/api/2.0/', ''));
    const answer = answers[path];
    if (typeof answer === 'function') answer(request, response);
    else if (answer !== undefined) sendJson(response, 200, answer);
    else sendJson(response, 404, { error_code: 'RESOURCE_DOES_NOT_EXIST', message: `no ${path}` });
  });
}

export function sendJson(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

/** Answers for a run whose files lie behind the artifact proxy at `1/run1/artifacts`, below the folder `model`. */
export function runWithFiles(files: Readonly<Record<string, string>>): Answers {
  const root = '1/run1/artifacts/model';
  const folders = new Map<string, object[]>([[root, []]]);
  const answers: Record<string, Answer> = {
    'mlflow/runs/get?run_id=run1': {
      run: {
        info: { run_id: 'run1', experiment_id: '1', artifact_uri: 'mlflow-artifacts:/1/run1/artifacts' },
      },
    },
    'mlflow/logged-models/search': {},
  };
  for (const [path, content] of Object.entries(files)) {
    const segments = `${root}/${path}`.split('/');
    for (let end = root.split('/').length + 1; end < segments.length; end += 1) {
      const folder = segments.slice(0, end).join('/');
      if (folders.has(folder)) continue;
      folders.set(folder, []);
      folders.get(segments.slice(0, end - 1).join('/'))?.push({ path: segments[end - 1], is_dir: true });
    }
    const entry = { path: segments.at(-1), is_dir: false, file_size: String(Buffer.byteLength(content)) };
    folders.get(segments.slice(0, -1).join('/'))?.push(entry);
    answers[`mlflow-artifacts/artifacts/${root}/${path}`] = (_, response) => response.end(content);
  }
  for (const [folder, entries] of folders)
    answers[`mlflow-artifacts/artifacts?path=${folder}`] = { files: entries };
  return answers;
}
