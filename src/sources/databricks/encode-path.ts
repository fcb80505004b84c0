/** A path as a part of a URL: everything but the slashes is encoded. */
export const encodePath = (path: string): string => path.split('/').map(encodeURIComponent).join('/');
