import { describe, expect, it } from 'vitest';
import { registryAddresses } from '../../../src/registry/registry-address.ts';

const addressesOf = (registry: string, insecure: readonly string[] = []): readonly string[] =>
  registryAddresses(registry, insecure).map(({ href }) => href);

describe('the address of a registry', () => {
  it.each([
    ['docker.io', ['https://registry-1.docker.io/']],
    ['registry.example.com', ['https://registry.example.com/']],
    ['10.1.2.3:5000', ['https://10.1.2.3:5000/']],
    ['localhost.example.com', ['https://localhost.example.com/']],
    ['localhost:5000', ['https://localhost:5000/', 'http://localhost:5000/']],
    ['127.8.0.1', ['https://127.8.0.1/', 'http://127.8.0.1/']],
    ['[::1]:5000', ['https://[::1]:5000/', 'http://[::1]:5000/']],
  ])('%s', (registry, addresses) => {
    expect(addressesOf(registry)).toEqual(addresses);
  });

  it.each([
    ['intern.test:5000', 'intern.test:5000', 2],
    ['intern.test:5000', 'intern.test', 1],
    ['10.1.2.3:5000', '10.0.0.0/8', 2],
    ['11.1.2.3:5000', '10.0.0.0/8', 1],
    ['192.168.1.129', '192.168.1.128/25', 2],
    ['192.168.1.127', '192.168.1.128/25', 1],
    ['8.8.8.8', '0.0.0.0/0', 2],
    ['8.8.8.8', '8.8.8.8/32', 2],
    ['intern.test', '::1/128', 1],
    ['intern.test', '0.0.0.0/0', 1],
  ])('%s with the insecure registry %s', (registry, entry, count) => {
    expect(addressesOf(registry, [entry])).toHaveLength(count);
  });
});
