import { describe, expect, it } from 'vitest';
import { parseDpkgStatus, parseOsRelease } from '../../../src/model/debian-packages.ts';

const STATUS = `Package: zlib1g
Status: install ok installed
Architecture: amd64
Multi-Arch: same
Version: 1:1.2.13.dfsg-1
Description: compression library - runtime
 zlib is a library
 .
 Version: 9 stands in the description

Package: gone
Status: deinstall ok config-files
Architecture: all
Version: 1

Package: adduser
Status: install ok installed
Priority: important
Architecture: all
Version: 3.134

Package: half
Status: install ok half-installed
Architecture: all
Version: 1
`;

describe('the status file of dpkg', () => {
  it('gives what is installed, by name', () => {
    expect(parseDpkgStatus(STATUS)).toEqual([
      { name: 'adduser', version: '3.134', architecture: 'all' },
      { name: 'zlib1g', version: '1:1.2.13.dfsg-1', architecture: 'amd64' },
    ]);
  });

  it('gives nothing for a file that is none', () => {
    expect(parseDpkgStatus('')).toEqual([]);
    expect(parseDpkgStatus('Package: a\nno status')).toEqual([]);
  });
});

describe('os-release', () => {
  it.each([
    ['PRETTY_NAME="Debian GNU/Linux 12"\nVERSION_ID="12"\nID=debian\n', { id: 'debian', versionId: '12' }],
    ["ID='ubuntu'\nVERSION_ID=22.04", { id: 'ubuntu', versionId: '22.04' }],
    ['ID=debian\nVERSION_ID=""\n', { id: 'debian' }],
    ['NAME=x', undefined],
  ])('%j', (text, expected) => {
    expect(parseOsRelease(text)).toEqual(expected);
  });
});
