import { describe, expect, it } from 'vitest';
import { isContainerGroup, serviceOf } from '../../../src/shared/service-unit.js';
import { facts } from '../../fixtures/builders.js';

const USER = '/user.slice/user-1000.slice/user@1000.service';

describe('serviceOf', () => {
  it.each([
    ['/system.slice/triage.service', '', { by: 'unit', unit: 'triage.service' }],
    [`${USER}/app.slice/mcp.service`, '', { by: 'unit', unit: 'mcp.service' }],
    ['/system.slice/build.service/payload', '', { by: 'unit', unit: 'build.service' }],
    [USER, '', null],
    [`${USER}/app.slice/vte-spawn-1.scope`, '', null],
    [`${USER}/app.slice/vte-spawn-1.scope`, '6d0a', { by: 'inherited', unit: 'vte-spawn-1.scope' }],
    ['/', '6d0a', { by: 'unit', unit: null }],
    [null, '6d0a', { by: 'unit', unit: null }],
    [undefined, '6d0a', { by: 'unit', unit: null }],
    [undefined, '', null],
    ['/x/notes.service.txt', '', null],
  ])('of %j with INVOCATION_ID=%j is %j', (cgroup, id, expected) => {
    const hints = cgroup === undefined ? {} : { cgroup };
    expect(serviceOf(facts({ env: { INVOCATION_ID: id }, hints }))).toEqual(expected);
  });
});

describe('isContainerGroup', () => {
  it.each([
    ['/system.slice/docker-0123abcd.scope', true],
    ['/docker/0123abcd', true],
    ['/kubepods.slice/kubepods-burstable.slice/cri-containerd-0123.scope', true],
    ['/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-0123.scope/container', true],
    ['/lxc.payload.web/x', true],
    ['/system.slice/dockerd.service', false],
    ['/system.slice/docker.service', false],
    ['/user.slice/session-3.scope', false],
    ['/', false],
  ])('%s: %j', (cgroup, container) => {
    expect(isContainerGroup(cgroup)).toBe(container);
  });
});
