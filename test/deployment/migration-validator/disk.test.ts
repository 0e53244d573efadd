import { truncateSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FolderError, MigrationFolder } from '../../../src/deployment/migration-validator/disk.js';
import { folders } from './world.js';

const folder = folders();

describe('MigrationFolder', () => {
  it('names files and folders apart, sorted', async () => {
    const it = new MigrationFolder(folder({ 'b.sql': '', 'a.sql': '', 'c/migration.sql': '' }));
    expect(await it.files()).toEqual(['a.sql', 'b.sql']);
    expect(await it.folders()).toEqual(['c']);
    expect(await it.files('c')).toEqual(['migration.sql']);
    expect(await it.files('nowhere')).toEqual([]);
  });

  it('answers nothing for what is no file, and text as it is', async () => {
    const dir = folder({ 'a.sql': '\ufeffé\r\n' });
    mkdirSync(join(dir, 'b.sql'));
    const it = new MigrationFolder(dir);
    expect(await it.text('a.sql')).toBe('\ufeffé\r\n');
    for (const file of ['b.sql', 'c.sql', 'a.sql/migration.sql']) expect(await it.text(file)).toBeUndefined();
  });

  it('does not read what is too large', async () => {
    const dir = folder({ 'a.sql': '', 'b.sql': '' });
    truncateSync(join(dir, 'a.sql'), 64 * 1_024 * 1_024 + 1);
    await expect(new MigrationFolder(dir).bytes('a.sql')).rejects.toThrow(FolderError);
  });

  it('says why a folder cannot be read', async () => {
    const dir = folder({ 'a.sql': '' });
    await expect(new MigrationFolder(join(dir, 'b')).files()).rejects.toThrow('there is no such folder');
    await expect(new MigrationFolder(join(dir, 'a.sql')).files()).rejects.toThrow('the folder cannot be read: ENOTDIR');
  });
});
