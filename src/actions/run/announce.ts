import { withoutUndefined } from '../../core/objects.ts';
import type { PortBinding, RunningContainer } from '../../engine/port.ts';
import type { Work } from '../ports.ts';
import { curlLine } from './curl-line.ts';
import type { ImageKind } from './labels.ts';
import { isOwnNetwork, publishedUrl } from './ports-to-publish.ts';
import type { Served } from './request.ts';
import type { ReadyReport } from '../container/wait-until-ready.ts';

/** Bytes; what is larger is of no use on a command line. */
const MAX_FILE = 1_000_000;

export interface AnnounceInput {
  readonly container: RunningContainer;
  readonly image: string;
  readonly kind: ImageKind;
  readonly publishedHost: string;
  readonly networkMode: string | undefined;
  readonly report: ReadyReport;
}

/** Where the container answers, and a line to try it with. */
export async function describeServed(
  { container, image, kind, report, ...where }: AnnounceInput,
  { emit }: Pick<Work, 'emit'>,
): Promise<Served> {
  const url = urlOf(container, report.port, where);
  if (url === undefined && !isOwnNetwork(where.networkMode)) {
    const message = `with --network ${where.networkMode ?? ''}, port ${report.port} of the container is not reached from here`;
    emit({ type: 'note', message });
  } else if (url === undefined) {
    const message = `the server listens on port ${report.port} of the container, which is not published`;
    emit({ type: 'warning', message, hint: `publish it with -p 5001:${report.port}` });
  } else if (kind.isCaisson) {
    const files = await readModelFiles(container, report.modelFolder);
    emit({ type: 'note', message: `try it:\n${curlLine({ url, ...files })}` });
  }
  const { id: containerId, name: containerName } = container;
  return withoutUndefined({ url, containerId, containerName, image, loadSeconds: report.loadSeconds });
}

function urlOf(
  { ports }: RunningContainer,
  port: number,
  { networkMode, publishedHost }: Pick<AnnounceInput, 'networkMode' | 'publishedHost'>,
): string | undefined {
  if (networkMode === 'host') return publishedUrl([onHost(port)], port, publishedHost);
  return publishedUrl(ports, port, publishedHost);
}

const onHost = (port: number): PortBinding => ({
  hostAddress: '',
  hostPort: port,
  containerPort: port,
  protocol: 'tcp',
});

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
