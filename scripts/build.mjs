// npm run build: src → dist
import { compile } from './setup/node.mjs';
import { runSession } from './support/session.mjs';

process.exit(
  await runSession(async () => {
    await compile();
    return 0;
  }),
);
