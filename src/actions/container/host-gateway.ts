/** The name under which a container reaches the host. */
export const HOST_NAME = 'host.docker.internal';

/** For the container's extra hosts; the engine knows what `host-gateway` is (Docker 20.10 and later). */
export const HOST_GATEWAY = `${HOST_NAME}:host-gateway`;

/** What MLflow's server must be told to accept, so that it serves containers and this host alike. */
export const ALLOWED_HOSTS = `${HOST_NAME}:*,localhost:*,127.0.0.1:*`;
