import { withoutUndefined } from '../../core/objects.ts';
import type { RunningContainer } from '../../engine/port.ts';
import type { Work } from '../ports.ts';
import { curlLine } from './curl-line.ts';
import type { ImageKind } from './labels.ts';
import { publishedUrl } from './ports-to-publish.ts';
import type { Served } from './request.ts';
import type { ReadyReport } from '../container/wait-until-ready.ts';

/** Bytes; what is larger is of no use on a command line. */
const MAX_FILE = 1_000_000;

export interface AnnounceInput {
  readonly container: RunningContainer;
  readonly image: string;
  readonly kind: ImageKind;
  readonly publishedHost: string;
  readonly report: ReadyReport;
}

/** Where the container answers, and a line to try it with. */
export async function describeServed(
  { container, image, kind, publishedHost, report }: AnnounceInput,
  { emit }: Pick<Work, 'emit'>,
): Promise<Served> {
  const url = publishedUrl(container.ports, report.port, publishedHost);
  if (url === undefined) {
    const message = `the server listens on port ${report.port} of the container, which is not published`;
    emit({ type: 'warning', message, hint: `publish it with -p 5001:${report.port}` });
  } else if (kind.isCaisson) {
    const files = await readModelFiles(container, report.modelFolder);
    emit({ type: 'note', message: `try it:\n${curlLine({ url, ...files })}` });
  }
  const { id: containerId, name: containerName } = container;
  return withoutUndefined({ url, containerId, containerName, image, loadSeconds: report.loadSeconds });
}

/** Of the model that is served, which need not be the one that the image was built for. */
async function readModelFiles(
  container: RunningContainer,
  folder: string | undefined,
): Promise<{ readonly servingExample: string | undefined; readonly mlmodel: string | undefined }> {
  if (folder === undefined) return { servingExample: undefined, mlmodel: undefined };
  const read = (name: string): Promise<string | undefined> =>
    container.readFile(`${folder}/${name}`, MAX_FILE);
  const [servingExample, mlmodel] = await Promise.all([read('serving_input_example.json'), read('MLmodel')]);
  return { servingExample, mlmodel };
}
