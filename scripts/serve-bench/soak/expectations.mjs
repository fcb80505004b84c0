/** @typedef {import('./attack.mjs').Expectation} Expectation */

/** @param {number} status */
const isRefusal = (status) => status >= 400 && status < 500;
/** @param {number} status */
const isSuccess = (status) => status >= 200 && status < 300;

/** @type {Expectation} */
export const refused = {
  note: '4xx',
  answers: 1,
  isMet: (statuses) => statuses.length > 0 && statuses.every(isRefusal),
};

/** Where HTTP has no answer to give, or the client did not wait for it. @type {Expectation} */
export const refusedOrClosed = {
  note: '4xx or closed',
  answers: 1,
  isMet: (statuses) => statuses.every(isRefusal),
};

/** @type {Expectation} */
export const valid = {
  note: 'valid: 2xx',
  answers: 1,
  isMet: (statuses) => statuses.length === 1 && statuses.every(isSuccess),
};

/** Where a server may be strict or not, or where chance may have made something valid: `why` says what. @param {string} why @returns {Expectation} */
export const validOrRefused = (why) => ({
  note: `4xx, or 2xx: ${why}`,
  answers: 1,
  isMet: (statuses) =>
    statuses.length > 0 && statuses.every((status) => isSuccess(status) || isRefusal(status)),
});

/** @param {string} why @returns {Expectation} */
export const validRefusedOrClosed = (why) => ({
  note: `4xx, closed, or 2xx: ${why}`,
  answers: 1,
  isMet: (statuses) => statuses.every((status) => isSuccess(status) || isRefusal(status)),
});

/** Requests in a row. @param {readonly ('good' | 'bad')[]} kinds @returns {Expectation} */
export const inOrder = (kinds) => ({
  note: kinds.join(', '),
  answers: kinds.length,
  isMet: (statuses) =>
    statuses.length === kinds.length &&
    kinds.every((kind, at) => (kind === 'good' ? isSuccess : isRefusal)(statuses[at] ?? 0)),
});
