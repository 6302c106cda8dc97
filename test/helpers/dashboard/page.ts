// The files of the dashboard as scripts/bundle.mjs has made them.
import assert from 'node:assert/strict';
import { readPage } from '../../../src/workers/admin/page/files.js';

export const pageFiles = () => readPage(new URL('../../../program/dashboard/', import.meta.url), assert.fail);
