/** What tells a stranger how a server is built, and where its files lie. */
const LEAKS = [
  'Traceback (most recent',
  'File "',
  '.py"',
  '.py:',
  'site-packages',
  '/opt/',
  '/usr/',
  'stack_trace',
];

/** The first such word in what a server sent, undefined when there is none. @param {Buffer} received */
export const leakIn = (received) => LEAKS.find((word) => received.includes(word));
