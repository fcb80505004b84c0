import { withoutUndefined } from '../../core/objects.ts';
import type { RunningContainer } from '../../engine/port.ts';
import type { Work } from '../ports.ts';
import { curlLine } from './curl-line.ts';
import type { ImageKind } from './labels.ts';
import { publishedUrl } from './ports-to-publish.ts';
import type { Served } from './request.ts';
import type { ReadyReport } from './wait-until-ready.ts';

const SERVING_EXAMPLE = '/opt/ml/model/serving_input_example.json';
/** Bytes; larger examples are of no use on a command line. */
const MAX_EXAMPLE = 1_000_000;

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
    const servingExample = await container.readFile(SERVING_EXAMPLE, MAX_EXAMPLE);
    const line = curlLine({ url, servingExample, signature: kind.signature });
    emit({ type: 'note', message: `try it:\n${line}` });
  }
  const { id: containerId, name: containerName } = container;
  return withoutUndefined({ url, containerId, containerName, image, loadSeconds: report.loadSeconds });
}
