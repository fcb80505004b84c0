/** The name of uv in the cache of the builds, which is made of all that it is installed from. */
export const KEPT_UV = /(?<=\/mnt\/cache\/tools\/)[0-9a-f]{32}/g;

/** A Dockerfile that says only that uv is kept, not which one. */
export const withoutKeptUv = (dockerfile: string): string => dockerfile.replaceAll(KEPT_UV, 'KEPT');
